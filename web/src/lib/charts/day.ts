// Calendar days without a time zone and without Intl: the charts also run inside the binary, in a bare script engine.

/** Days since 1970-01-01. */
export type DayNumber = number;

/** How a language names days. */
export interface DayNames {
  /** Names of months, short. */
  months: readonly string[];
  /** The number of a day before its month. */
  ofMonth: (day: number) => string;
}

export interface YearMonthDay {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
}

/** The day number of `2024-03-05` or of the date part of an instant. */
export function dayNumber(iso: string): DayNumber {
  const year = Number(iso.slice(0, 4));
  const month = Number(iso.slice(5, 7));
  const day = Number(iso.slice(8, 10));
  return fromParts({ year, month, day });
}

/** Days from civil date, by counting years that begin in March so that the leap day is the last. */
function fromParts({ year, month, day }: YearMonthDay): DayNumber {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** The reverse of `fromParts`. */
export function parts(number: DayNumber): YearMonthDay {
  const shifted = Math.floor(number) + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { year, month, day };
}

/** `2024-03-05`. */
export function isoDay(number: DayNumber): string {
  const { year, month, day } = parts(number);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** 0 is Monday. */
export function weekday(number: DayNumber): number {
  return (((Math.floor(number) + 3) % 7) + 7) % 7;
}

/** `5 Mar 2024`. */
export function longDay(number: DayNumber, names: DayNames): string {
  const { year, month, day } = parts(number);
  return `${names.ofMonth(day)} ${names.months[month - 1]} ${year}`;
}

/** `5 Mar`. */
export function shortDay(number: DayNumber, names: DayNames): string {
  const { month, day } = parts(number);
  return `${names.ofMonth(day)} ${names.months[month - 1]}`;
}

export interface Tick {
  at: number;
  label: string;
}

/** Ticks at round dates so that labels of about `labelWidth` pixels do not touch. */
export function dayTicks(
  from: DayNumber,
  to: DayNumber,
  width: number,
  names: DayNames,
  labelWidth = 62,
): Tick[] {
  const most = Math.max(2, Math.floor(width / labelWidth));
  const span = Math.max(1, to - from);
  const inDays = [1, 2, 7, 14].find((step) => span / step <= most);
  const days = inDays === undefined ? monthStarts(from, to, most) : everyDays(from, to, inDays);
  let shownYear = Number.NaN;
  return days.map((at) => {
    const { year, month } = parts(at);
    const name = inDays === undefined ? (names.months[month - 1] ?? '') : shortDay(at, names);
    const label = year === shownYear ? name : `${name}\n${year}`;
    shownYear = year;
    return { at, label };
  });
}

function everyDays(from: DayNumber, to: DayNumber, step: number): DayNumber[] {
  // Weekly steps fall on Mondays, which are even multiples apart from day 4 of the epoch.
  const anchor = step >= 7 ? 4 : 0;
  const days = [];
  for (let day = anchor + Math.ceil((from - anchor) / step) * step; day <= to; day += step) days.push(day);
  return days;
}

function monthStarts(from: DayNumber, to: DayNumber, most: number): DayNumber[] {
  const start = parts(from);
  const spanMonths = (to - from) / 30.4;
  const step = [1, 2, 3, 6, 12, 24, 60, 120].find((months) => spanMonths / months <= most) ?? 240;
  const days = [];
  const first = Math.ceil((start.year * 12 + start.month - 1 + (start.day > 1 ? 1 : 0)) / step) * step;
  for (let index = first; ; index += step) {
    const day = fromParts({ year: Math.floor(index / 12), month: (index % 12) + 1, day: 1 });
    if (day > to) break;
    days.push(day);
  }
  return days;
}

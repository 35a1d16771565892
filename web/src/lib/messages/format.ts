// Numbers, days and instants in the reader's language and zone, by Intl.

interface Formats {
  plain: Intl.NumberFormat;
  whole: Intl.NumberFormat;
  day: Intl.DateTimeFormat;
  dayOfYear: Intl.DateTimeFormat;
  instant: Intl.DateTimeFormat;
  time: Intl.DateTimeFormat;
  plurals: Intl.PluralRules;
  ago: Intl.RelativeTimeFormat;
}

function formatsOf(locale: string): Formats {
  const dayOfYear = { day: 'numeric', month: 'short', timeZone: 'UTC' } as const;
  return {
    plain: new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }),
    whole: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
    day: new Intl.DateTimeFormat(locale, { ...dayOfYear, year: 'numeric' }),
    dayOfYear: new Intl.DateTimeFormat(locale, dayOfYear),
    instant: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
    time: new Intl.DateTimeFormat(locale, { timeStyle: 'short' }),
    // Of the number as it is written: 1.04 is written as 1, and is one.
    plurals: new Intl.PluralRules(locale, { maximumFractionDigits: 1 }),
    ago: new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }),
  };
}

let locale = 'en-GB';
let formats = formatsOf(locale);

/** Writes as in this locale from now on. */
export function useLocale(name: string): void {
  locale = name;
  formats = formatsOf(name);
}

const DAY_MS = 86_400_000;

/** The one month that Intl writes with four letters, as charts do. */
const short = (text: string) => text.replaceAll(/Sept\b(?!\.)/g, 'Sep');

export function formatNumber(value: number): string {
  return Math.abs(value) >= 100 ? formats.whole.format(value) : formats.plain.format(value);
}

/** `41 %`, spaced as everywhere else. Never 100 % for less than all, never 0 % for more than none. */
export function formatShare(share: number): string {
  const percent = Math.round(share * 100);
  if (percent === 100 && share < 1) return '> 99 %';
  if (percent === 0 && share > 0) return '< 1 %';
  return `${formats.whole.format(percent)} %`;
}

/** The noun in the right number, with its count: `2 items`. The plural with an s is that of English. */
export function count(n: number, one: string, other = `${one}s`): string {
  return `${formatNumber(n)} ${plural(n, one, other)}`;
}

/** What this language says of so many: the first word for one, the second for others. */
export function plural(n: number, one: string, other: string): string {
  return formats.plurals.select(n) === 'one' ? one : other;
}

/** A day, `YYYY-MM-DD`, as people write it. */
export function formatDay(day: string): string {
  return short(formats.day.format(new Date(`${day}T00:00:00Z`)));
}

export function formatDayRange(from: string, to: string): string {
  const start = new Date(`${from}T00:00:00Z`);
  const end = new Date(`${to}T00:00:00Z`);
  const sameYear = from.slice(0, 4) === to.slice(0, 4);
  return short(`${(sameYear ? formats.dayOfYear : formats.day).format(start)} – ${formats.day.format(end)}`);
}

/** Words of the server with the days and instants in them as people write them. */
export function formatDaysIn(text: string): string {
  return text
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (instant) => formatInstant(instant))
    .replaceAll(/\b(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)\b/g, (_, from: string, to: string) =>
      formatDayRange(from, to),
    )
    .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, (day) => formatDay(day));
}

/** A fragment of the server as a sentence; a short one, which stands as a title, has no full stop. */
export function sentence(fragment: string): string {
  if (fragment === '') return '';
  const started = fragment[0]?.toUpperCase() + fragment.slice(1);
  return /[.!?]$/.test(started) || started.length < 48 ? started : `${started}.`;
}

/** An instant, RFC 3339, in the reader's zone. */
export function formatInstant(instant: string): string {
  return short(formats.instant.format(new Date(instant)));
}

/** The time of day of an instant, in the reader's zone. */
export function formatTime(instant: string): string {
  return formats.time.format(new Date(instant));
}

/** The days of the week, the first one as the reader's calendars have it; 0 is Monday. */
export function weekdays(): { day: number; short: string; long: string }[] {
  const first = firstWeekday(locale);
  const name = (day: number, weekday: 'short' | 'long') =>
    // 5 January 1970 was a Monday.
    new Intl.DateTimeFormat(locale, { weekday, timeZone: 'UTC' }).format(new Date((day + 4) * DAY_MS));
  return [0, 1, 2, 3, 4, 5, 6].map((place) => {
    const day = (first + place) % 7;
    return { day, short: name(day, 'short'), long: name(day, 'long') };
  });
}

/** 0 is Monday, which is also the answer of browsers that do not know. */
function firstWeekday(name: string): number {
  const known = new Intl.Locale(name) as Intl.Locale & { getWeekInfo?: () => { firstDay: number } };
  return ((known.getWeekInfo?.().firstDay ?? 1) + 6) % 7;
}

/** How long ago, roughly. */
export function formatAgo(instant: string, now: Date = new Date()): string {
  const seconds = (new Date(instant).getTime() - now.getTime()) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ['year', 31_557_600],
    ['month', 2_629_800],
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ];
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return formats.ago.format(Math.trunc(seconds / length), unit);
  }
  return formats.ago.format(0, 'minute');
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const unit = units[step] ?? 'byte';
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(
    bytes / 1000 ** step,
  );
}

/** A day so many days later. */
export function addDays(day: string, n: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
}

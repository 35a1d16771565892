// Numbers, days and instants in the reader's zone, by Intl.

// One way to write a day, the same in texts, charts and the terminal, and one that nobody reads as another day.
const language = 'en-GB';

const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const days = new Intl.DateTimeFormat(language, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const daysOfYear = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const instants = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
const plurals = new Intl.PluralRules('en');
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });

const DAY_MS = 86_400_000;

/** The one month that Intl writes with four letters, as charts do. */
const short = (text: string) => text.replaceAll('Sept', 'Sep');

export function formatNumber(value: number): string {
  return Math.abs(value) >= 100 ? whole.format(value) : plain.format(value);
}

/** `41 %`, spaced as everywhere else. */
export function formatShare(value: number): string {
  return `${whole.format(value * 100)} %`;
}

/** The noun in the right number, with its count: `2 items`. */
export function count(n: number, one: string, other = `${one}s`): string {
  return `${formatNumber(n)} ${plurals.select(n) === 'one' ? one : other}`;
}

/** A day, `YYYY-MM-DD`, as people write it. */
export function formatDay(day: string): string {
  return short(days.format(new Date(`${day}T00:00:00Z`)));
}

export function formatDayRange(from: string, to: string): string {
  const start = new Date(`${from}T00:00:00Z`);
  const end = new Date(`${to}T00:00:00Z`);
  const sameYear = from.slice(0, 4) === to.slice(0, 4);
  return short(`${(sameYear ? daysOfYear : days).format(start)} – ${days.format(end)}`);
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
  return short(instants.format(new Date(instant)));
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
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return relative.format(0, 'minute');
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte');
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const unit = units[step] ?? 'byte';
  return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 1 }).format(
    bytes / 1000 ** step,
  );
}

/** A day so many days later. */
export function addDays(day: string, n: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
}

// The history of an item in words.

import { m } from '#lib/messages/index.ts';

interface ChangeLike {
  field: string;
  from?: string | null;
  to?: string | null;
}

const SEPARATOR = '\u001f';

/** One change as a line of the history. */
export function changeInWords(change: ChangeLike): string {
  const { field } = change;
  const from = plain(change.from);
  const to = plain(change.to);
  const words = m.work.item.change;
  if (field === 'activity') return words.activity;
  if (field === 'flag') return to ? words.flagSet(to) : words.flagCleared;
  const name = m.work.item.fields[field] ?? field;
  if (from && to) return words.moved(name, from, to);
  return to ? words.set(name, to) : words.cleared(name, from);
}

/** Several values of one field stand in one text. */
function plain(value: string | null | undefined): string {
  return (value ?? '').split(SEPARATOR).filter(Boolean).join(', ');
}

export interface DayOfHistory<T> {
  day: string;
  changes: T[];
}

/** Changes by day, the newest first. */
export function byDay<T extends { at: string }>(changes: T[]): DayOfHistory<T>[] {
  const days = new Map<string, T[]>();
  for (const change of [...changes].reverse()) {
    const day = change.at.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), change]);
  }
  return [...days].map(([day, of]) => ({ day, changes: of }));
}

// What is said instead of a number when there is too little data. Apart from the other words: pages need it without
// the charts.

import { numbers } from '../../number.ts';

const { number } = numbers(',', '.');

const NOUNS: Record<string, readonly [string, string]> = {
  items: ['Vorgang', 'Vorgänge'],
  weeks: ['Woche', 'Wochen'],
  active_days: ['Tag mit fertigen Vorgängen', 'Tage mit fertigen Vorgängen'],
  points: ['Punkt', 'Punkte'],
  deployments: ['Deployment', 'Deployments'],
  iterations: ['Iteration', 'Iterationen'],
  checks: ['frühere Prüfung', 'frühere Prüfungen'],
};

export function tooFew(n: number, need: number, of: string): string {
  const [one, many] = NOUNS[of] ?? [of, of];
  return `Zu wenige Daten: ${number(n)} ${n === 1 ? one : many}, ${number(need)} sind nötig.`;
}

// What is said instead of a number when there is too little data. Apart from the other words: pages need it without
// the charts.

import { numbers } from '../../number.ts';

const { number } = numbers('.', ',');

const NOUNS: Record<string, readonly [string, string]> = {
  items: ['item', 'items'],
  weeks: ['week', 'weeks'],
  active_days: ['day with finished items', 'days with finished items'],
  points: ['point', 'points'],
  deployments: ['deployment', 'deployments'],
  iterations: ['iteration', 'iterations'],
  checks: ['past check', 'past checks'],
};

export function tooFew(n: number, need: number, of: string): string {
  const [one, many] = NOUNS[of] ?? [of, of];
  return `Too little data: ${number(n)} ${n === 1 ? one : many}, ${number(need)} are needed.`;
}

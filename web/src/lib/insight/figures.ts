// A key figure of the API in words: value, unit, change against the own past.

import { formatNumber, formatShare } from '#lib/messages/format.ts';
import { m } from '#lib/messages/index.ts';

interface FigureLike {
  measure: string;
  value?: number | null;
  unit: string;
  too_few?: { n: number; need: number; of: string } | null;
  previous?: number | null;
  better: string;
  statistic: string;
}

export interface FigureWords {
  name: string;
  value: string | undefined;
  unit: string | undefined;
  statistic: string | undefined;
  missing: string | undefined;
  change:
    { text: string; meaning: 'good' | 'bad' | 'neutral'; direction: 'up' | 'down' | 'none' } | undefined;
}

/** A change smaller than this share is none: counts of a few items jump by more on their own. */
const SAME = 0.02;

export function inWords(figure: FigureLike): FigureWords {
  const hasValue = typeof figure.value === 'number';
  const shown = hasValue
    ? figure.unit === 'share'
      ? (figure.value as number) * 100
      : (figure.value as number)
    : 0;
  const tooFew = figure.too_few;
  return {
    name: m.measures.name(figure.measure),
    value: hasValue ? formatNumber(shown) : undefined,
    unit: hasValue ? (m.measures.units[figure.unit]?.(shown) ?? figure.unit) : undefined,
    statistic: m.measures.statistics[figure.statistic],
    missing: tooFew ? m.measures.tooFew(tooFew.n, tooFew.need, tooFew.of) : hasValue ? undefined : m.ui.none,
    change: changeOf(figure),
  };
}

function changeOf(figure: FigureLike): FigureWords['change'] {
  if (typeof figure.value !== 'number' || typeof figure.previous !== 'number' || figure.previous === 0)
    return undefined;
  const share = figure.value / figure.previous - 1;
  if (Math.abs(share) < SAME) return { text: m.insight.change.same, meaning: 'neutral', direction: 'none' };
  const direction = share > 0 ? 'up' : 'down';
  const meaning = figure.better === 'neither' ? 'neutral' : figure.better === direction ? 'good' : 'bad';
  return { text: m.insight.change[direction](formatShare(Math.abs(share))), meaning, direction };
}

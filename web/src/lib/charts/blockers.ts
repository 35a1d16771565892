// Blocked time by cause, most first.

import { barsHeight, drawBars } from './bars.ts';
import type { Chart } from './chart.ts';
import type { Blockers } from './data.ts';
import { mix } from './theme.ts';
import type { Words } from './words.ts';

export const blockers: Chart<Blockers> = {
  name: 'blockers',
  question: (words) => words.blockers.question,
  height: (data) => barsHeight(data.clusters.length, false),
  option(data, canvas) {
    const { theme, words } = canvas;
    return drawBars(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.blockers.unit,
      bars: data.clusters.map((cluster) => ({
        name: causeName(cluster.cause, words),
        lengths: [{ value: cluster.days, fill: mix(theme.bad, theme.paper, 0.15) }],
        label: words.blockers.label(cluster.days, cluster.items),
        about: {
          head: causeName(cluster.cause, words),
          lines: [words.days(cluster.days), words.items(cluster.items), words.blockers.teams(cluster.teams)],
        },
      })),
    });
  },
  table: (data, words) => ({
    columns: words.blockers.columns,
    rows: data.clusters.map((it) => [causeName(it.cause, words), it.days, it.items, it.teams]),
  }),
  summary(data, words) {
    const worst = data.clusters[0];
    const cause = worst === undefined ? '–' : causeName(worst.cause, words);
    return words.blockers.summary(data.total_days, data.items.count, data.items.of, cause);
  },
};

function causeName(cause: string, words: Words): string {
  return cause === 'link' ? words.blockers.link : cause;
}

// Where the time of finished items went: working stages plain, waiting stages hatched.

import { barsHeight, drawBars } from './bars.ts';
import type { Chart } from './chart.ts';
import type { Efficiency } from './data.ts';
import { hatch } from './frame.ts';

import { hue } from './theme.ts';

export const efficiency: Chart<Efficiency> = {
  name: 'flow_efficiency',
  question: (words) => words.efficiency.question,
  height: (data) => barsHeight(data.stages.length, true),
  option(data, canvas) {
    const { theme, words } = canvas;
    const total = data.stages.reduce((sum, stage) => sum + stage.total_days, 0);
    const waiting = hatch(hue(theme, 1), theme.paper);
    return drawBars(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.efficiency.unit,
      key: [
        { label: words.efficiency.active, colour: hue(theme, 0) },
        { label: words.efficiency.waiting, colour: waiting },
      ],
      bars: data.stages.map((stage) => {
        const share = total > 0 ? stage.total_days / total : 0;
        const label = words.efficiency.label(share, stage.total_days);
        const lines = [label, ...stage.percentiles.map((it) => words.percentileDays(it.percent, it.value))];
        return {
          name: stage.name,
          lengths: [
            { value: stage.total_days, fill: stage.category === 'waiting' ? waiting : hue(theme, 0) },
          ],
          label,
          about: { head: stage.name, lines },
        };
      }),
    });
  },
  table(data, words) {
    const total = data.stages.reduce((sum, stage) => sum + stage.total_days, 0);
    return {
      columns: words.efficiency.columns,
      rows: data.stages.map((stage) => [
        stage.name,
        stage.category,
        stage.total_days,
        total > 0 ? words.percent(stage.total_days / total) : null,
        stage.percentiles.find((it) => it.percent === 50)?.value ?? null,
        stage.percentiles.find((it) => it.percent === 85)?.value ?? null,
      ]),
    };
  },
  summary(data, words) {
    if (data.state === 'not_configured') return words.efficiency.notConfigured;
    const ratio = data.ratio ?? undefined;
    return ratio === undefined ? words.efficiency.noData : words.efficiency.summary(ratio, data.n);
  },
};

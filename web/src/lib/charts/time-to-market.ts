// From idea to production, stage by stage: half of the items within the dark bar, 85 % within the light one.

import { barsHeight, drawBars, type Bar } from './bars.ts';
import type { Canvas, Chart } from './chart.ts';
import type { Percentile, TimeToMarket } from './data.ts';
import { hatch } from './frame.ts';
import { hue, mix } from './theme.ts';

export const timeToMarket: Chart<TimeToMarket> = {
  name: 'time_to_market',
  question: (words) => words.timeToMarket.question,
  height: (data) => barsHeight(data.stages.length + 2, false),
  option(data, canvas) {
    const { words } = canvas;
    const bars = data.stages
      .filter((stage) => stage.percentiles.length > 0)
      .map((stage) => bar(canvas, stage.name, stage.category, stage.percentiles));
    if (data.deployment_wait.length > 0) {
      bars.push(bar(canvas, words.timeToMarket.deployment, 'waiting', data.deployment_wait));
    }
    if (data.percentiles.length > 0)
      bars.push(bar(canvas, words.timeToMarket.whole, 'whole', data.percentiles));
    return drawBars(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.timeToMarket.unit,
      bars,
    });
  },
  table(data, words) {
    const rows = data.stages.map((it) => row(it.name, it.category, it.percentiles));
    if (data.deployment_wait.length > 0)
      rows.push(row(words.timeToMarket.deployment, 'waiting', data.deployment_wait));
    rows.push(row(words.timeToMarket.whole, '', data.percentiles));
    return { columns: words.timeToMarket.columns, rows };
  },
  summary(data, words) {
    const say = (percent: number) => {
      const value = valueAt(data.percentiles, percent);
      return value === undefined ? '–' : words.days(value);
    };
    return words.timeToMarket.summary(data.percentiles.length > 0 ? data.n : 0, say(50), say(85));
  },
};

function bar(
  { theme, words }: Canvas,
  name: string,
  category: string,
  percentiles: readonly Percentile[],
): Bar {
  const half = valueAt(percentiles, 50) ?? 0;
  const most = valueAt(percentiles, 85) ?? half;
  const isWhole = category === 'whole';
  const isWaiting = category === 'waiting' || category === 'todo';
  const colour = isWhole ? theme.ink : hue(theme, isWaiting ? 1 : 0);
  return {
    name,
    isStrong: isWhole,
    lengths: [
      { value: half, fill: isWaiting ? hatch(colour, mix(colour, theme.paper, 0.6)) : colour },
      { value: most, fill: mix(colour, theme.paper, 0.7) },
    ],
    label: words.timeToMarket.label(half, most),
    about: { head: name, lines: percentiles.map((it) => words.percentileDays(it.percent, it.value)) },
  };
}

function row(name: string, category: string, percentiles: readonly Percentile[]): (string | number | null)[] {
  return [name, category, valueAt(percentiles, 50) ?? null, valueAt(percentiles, 85) ?? null];
}

function valueAt(percentiles: readonly Percentile[], percent: number): number | undefined {
  return percentiles.find((it) => it.percent === percent)?.value;
}

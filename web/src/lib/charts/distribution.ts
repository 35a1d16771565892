// What kind of work is finished, as shares of each month.

import type { Canvas, Chart, Datum, Series } from './chart.ts';
import type { Distribution } from './data.ts';
import { dayNumber, parts } from './day.ts';
import { edgeLabels, edgeMargin, frame, text, type Axis } from './frame.ts';

import { workTypeHue } from './theme.ts';
import type { Words } from './words.ts';

export const distribution: Chart<Distribution> = {
  name: 'flow_distribution',
  question: (words) => words.distribution.question,
  option(data, canvas) {
    const { theme, words } = canvas;
    const types = data.types.filter((type) => type.delivered.some((count) => count > 0));
    const totals = totalsOf(data);
    const right = edgeMargin(types.map((type) => typeName(type.work_type, words)));
    const { plot, draw } = frame(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.distribution.unit,
      x: monthAxis(data.periods, canvas, right),
      y: { min: 0, max: 1, ticks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: words.percent(at) })) },
      margins: { right, top: 14 },
    });
    const width = Math.min(56, ((plot.right - plot.left) / Math.max(1, data.periods.length)) * 0.74);
    const series: Series[] = types.map((type) => ({
      type: 'bar',
      stack: 'share',
      barWidth: width,
      itemStyle: { color: workTypeHue(theme, type.work_type), borderColor: theme.paper, borderWidth: 0.75 },
      data: data.periods.map((period, index): Datum => {
        const total = totals[index] ?? 0;
        const count = type.delivered[index] ?? 0;
        const share = total > 0 ? count / total : 0;
        const name = typeName(type.work_type, words);
        return {
          value: [index, share],
          about: {
            head: monthName(period, words),
            lines: [words.distribution.line(name, count, words.percent(share))],
          },
        };
      }),
    }));
    const last = totals.findLastIndex((total) => total > 0);
    let below = 0;
    const labels = types.map((type) => {
      const share = last < 0 ? 0 : (type.delivered[last] ?? 0) / (totals[last] ?? 1);
      const y = plot.y(below + share / 2);
      below += share;
      const colour = type.work_type === 'unmapped' ? theme.muted : workTypeHue(theme, type.work_type);
      return { y, text: typeName(type.work_type, words), colour, weight: 600 };
    });
    const counts = totals.map((total, index) =>
      text(plot.x(index), plot.top - 7, String(total), { colour: theme.muted, align: 'center' }),
    );
    const isRoomy = (plot.right - plot.left) / Math.max(1, totals.length) > 22;
    return draw(series, [...edgeLabels(plot, labels), ...(isRoomy ? counts : [])]);
  },
  table: (data, words) => ({
    columns: [words.distribution.column, ...data.types.map((type) => typeName(type.work_type, words))],
    rows: data.periods.map((period, index) => [
      period.slice(0, 7),
      ...data.types.map((type) => type.delivered[index] ?? 0),
    ]),
  }),
  summary(data, words) {
    const total = totalsOf(data).reduce((sum, count) => sum + count, 0);
    const sums = data.types.map((type) => ({ type, sum: type.delivered.reduce((a, b) => a + b, 0) }));
    const largest = sums.reduce(
      (a, b) => (b.sum > a.sum ? b : a),
      sums[0] ?? { type: { work_type: '' }, sum: 0 },
    );
    const share = total > 0 ? words.percent(largest.sum / total) : words.percent(0);
    return words.distribution.summary(total, typeName(largest.type.work_type, words), share);
  },
};

function totalsOf(data: Distribution): number[] {
  return data.periods.map((_, index) =>
    data.types.reduce((sum, type) => sum + (type.delivered[index] ?? 0), 0),
  );
}

function monthAxis(periods: readonly string[], canvas: Canvas, right: number): Axis {
  const most = Math.max(1, Math.floor((canvas.width - right - 50) / 40));
  const step = Math.ceil(periods.length / most);
  let shownYear = 0;
  const ticks = periods.flatMap((period, at) => {
    if (at % step !== 0) return [];
    const { year, month } = parts(dayNumber(period));
    const name = canvas.words.months[month - 1] ?? '';
    const label = year === shownYear ? name : `${name}\n${year}`;
    shownYear = year;
    return [{ at, label }];
  });
  return { min: -0.5, max: Math.max(1, periods.length) - 0.5, ticks };
}

function monthName(period: string, words: Words): string {
  const { year, month } = parts(dayNumber(period));
  return `${words.months[month - 1]} ${year}`;
}

function typeName(workType: string, words: Words): string {
  return words.workTypes[workType] ?? workType;
}

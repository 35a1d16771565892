// Iterations: what was committed, what came and went during it, and what was completed.

import type { Canvas, Chart, Datum, Series } from './chart.ts';
import type { IterationReport, Iterations, IterationSums } from './data.ts';
import { edgeLabels, edgeMargin, fit, frame, hatch, line, textWidth, valueAxis, type Axis } from './frame.ts';
import { scale } from './number.ts';
import { hue, mix } from './theme.ts';

export const iterations: Chart<Iterations> = {
  name: 'iterations',
  question: (words) => words.iterations.question,
  option(data, canvas) {
    const { theme, words } = canvas;
    const shown = [...data.iterations].slice(0, Math.max(3, Math.floor(canvas.width / 48))).reverse();
    const isEstimated = hasEstimates(data);
    const sums = shown.map((it) => sumsOf(it, isEstimated));
    const most = Math.max(0, ...sums.map((it) => Math.max(it.committed + it.added, it.completed)));
    const least = Math.max(0, ...sums.map((it) => it.removed));
    const y = scale(-least, Math.max(4, most), 5);
    const median = isEstimated ? data.velocity.find((it) => it.percent === 50)?.value : undefined;
    const right = edgeMargin(median === undefined ? [] : [words.iterations.median(median)]);
    const added = hatch(hue(theme, 0), theme.paper);
    const pale = mix(hue(theme, 0), theme.paper, 0.68);
    const removed = hatch(theme.muted, theme.paper);
    const { plot, draw } = frame(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: isEstimated ? words.iterations.unit : words.iterations.itemsUnit,
      key: [
        { label: words.iterations.committedKey, colour: pale },
        { label: words.iterations.addedKey, colour: added },
        { label: words.iterations.removedKey, colour: removed },
        { label: words.iterations.completedKey, colour: theme.ink },
      ],
      x: nameAxis(shown, canvas, right),
      y: valueAxis(y, words),
      margins: { right },
      trigger: 'axis',
    });
    const width = Math.min(34, ((plot.right - plot.left) / Math.max(1, shown.length)) * 0.66);
    const committed: Datum[] = shown.map((it, index) => ({
      value: [index, sums[index]?.committed ?? 0],
      about: { head: it.name, lines: aboutLines(sums[index] ?? it.items, it, words) },
      itemStyle: { color: pale },
    }));
    const stacked = { type: 'bar', stack: 'plan', barWidth: width, barGap: '-100%' } as const;
    const plain = (fill: unknown, of: (it: IterationSums) => number): Series => ({
      ...stacked,
      itemStyle: { color: fill as string },
      data: sums.map((it, index) => [index, of(it)]),
    });
    const series: Series[] = [
      { ...stacked, data: committed },
      plain(added, (it) => it.added),
      plain(removed, (it) => -it.removed),
    ];
    const marks = sums.map((it, index) => {
      const x = plot.x(index);
      const isClosed = shown[index]?.is_closed ?? true;
      const fill = isClosed ? theme.ink : theme.muted;
      const [top, bottom] = [plot.y(it.completed), plot.y(0)];
      const shape = { x: x - width * 0.18, y: top, width: width * 0.36, height: Math.max(0, bottom - top) };
      return { type: 'rect', z: 4, silent: true, shape, style: { fill } };
    });
    const zero = plot.y(0);
    const lines = [line(plot.left, zero, plot.right, zero, { colour: theme.axis, z: 4 })];
    if (median !== undefined) {
      const at = plot.y(median);
      lines.push(line(plot.left, at, plot.right, at, { colour: theme.ink, dash: [5, 3], z: 5 }));
      lines.push(...edgeLabels(plot, [{ y: at, text: words.iterations.median(median), colour: theme.ink }]));
    }
    return draw(series, [...marks, ...lines]);
  },
  table(data, words) {
    const isEstimated = hasEstimates(data);
    return {
      columns: words.iterations.columns,
      rows: data.iterations.map((it) => {
        const { committed, added, removed, completed } = sumsOf(it, isEstimated);
        return [it.name, committed, added, removed, completed];
      }),
    };
  },
  summary(data, words) {
    const median = data.velocity.find((it) => it.percent === 50)?.value;
    return words.iterations.summary(
      data.iterations.length,
      median === undefined ? '' : words.iterations.median(median),
    );
  },
};

function hasEstimates(data: Iterations): boolean {
  return data.iterations.some((it) => it.estimate.committed + it.estimate.completed > 0);
}

function sumsOf(iteration: IterationReport, isEstimated: boolean): IterationSums {
  return isEstimated ? iteration.estimate : iteration.items;
}

function aboutLines(sums: IterationSums, iteration: IterationReport, words: Canvas['words']): string[] {
  return [
    words.iterations.committed(sums.committed),
    words.iterations.added(sums.added),
    words.iterations.removed(sums.removed),
    words.iterations.completed(sums.completed),
    ...(iteration.is_closed ? [] : [words.iterations.open]),
  ];
}

function nameAxis(shown: readonly IterationReport[], canvas: Canvas, right: number): Axis {
  const room = (canvas.width - right - 50) / Math.max(1, shown.length);
  const step = Math.max(1, Math.ceil(30 / room));
  const ticks = shown.flatMap((it, at) =>
    at % step === 0 ? [{ at, label: shortName(it.name, room * step - 6) }] : [],
  );
  return { min: -0.5, max: Math.max(1, shown.length) - 0.5, ticks };
}

/** The end of a name is what tells iterations apart: `Kestrel Sprint 41` is `Sprint 41`, or `41` where it is narrow. */
function shortName(name: string, pixels: number): string {
  const words = name.split(/\s+/);
  for (let first = 0; first < words.length; first += 1) {
    const end = words.slice(first).join(' ');
    if (textWidth(end) <= pixels) return end;
  }
  return fit(words.at(-1) ?? name, pixels);
}

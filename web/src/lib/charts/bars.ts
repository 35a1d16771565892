// Horizontal bars with their names at the left and their values at the end: for lists of stages and causes.

import type { About, Canvas, Datum, Option, Series } from './chart.ts';
import { fit, frame, text, textWidth, type KeyEntry } from './frame.ts';
import { scale } from './number.ts';

export interface Bar {
  name: string;
  /** Lengths from the base line; a later one lies behind the earlier ones. */
  lengths: readonly { value: number; fill: unknown }[];
  label: string;
  about: About;
  isStrong?: boolean;
}

export interface BarsInput {
  question: string;
  summary: string;
  unit: string;
  key?: readonly KeyEntry[];
  bars: readonly Bar[];
  note?: string | undefined;
}

/** How high a picture of so many bars should be. */
export function barsHeight(count: number, hasKey: boolean): number {
  return 44 + (hasKey ? 18 : 0) + Math.max(1, count) * 30;
}

/** Draws the bars, the first at the top. */
export function drawBars(canvas: Canvas, input: BarsInput): Option {
  const { theme } = canvas;
  const { bars } = input;
  const room = Math.min(canvas.width * 0.38, 280);
  const left = Math.ceil(Math.min(room, Math.max(40, ...bars.map((bar) => textWidth(bar.name, 12) + 12))));
  const right = Math.ceil(Math.max(0, ...bars.map((bar) => textWidth(bar.label)))) + 12;
  const most = Math.max(0, ...bars.flatMap((bar) => bar.lengths.map((it) => it.value)));
  const x = scale(0, most, 4);
  const { plot, draw } = frame(canvas, {
    question: input.question,
    summary: input.summary,
    unit: input.unit,
    key: input.key ?? [],
    x: { min: 0, max: most > 0 ? most : x.max, ticks: [] },
    y: { min: 0, max: Math.max(1, bars.length), ticks: [], grid: false },
    margins: { left, right, bottom: 6 },
    note: input.note,
  });
  const row = (plot.bottom - plot.top) / Math.max(1, bars.length);
  const thick = Math.min(22, row * 0.68);
  const middle = (index: number) => bars.length - index - 0.5;
  const layers = Math.max(0, ...bars.map((bar) => bar.lengths.length));
  const series: Series[] = [];
  for (let layer = layers - 1; layer >= 0; layer -= 1) {
    const data: Datum[] = bars.map((bar, index) => ({
      value: [bar.lengths[layer]?.value ?? 0, middle(index)],
      about: bar.about,
      itemStyle: { color: bar.lengths[layer]?.fill },
    }));
    // The keyboard stops once at each bar, not at every layer.
    const reached = layer === 0 ? data : data.map(({ value, itemStyle }) => ({ value, itemStyle }));
    series.push(horizontal(reached, thick));
  }
  const marks = bars.flatMap((bar, index) => {
    const y = plot.y(middle(index));
    const end = plot.x(Math.max(0, ...bar.lengths.map((it) => it.value)));
    const weight = bar.isStrong ? 600 : 400;
    return [
      text(plot.left - 8, y, fit(bar.name, left - 10, 12), {
        colour: theme.ink,
        align: 'right',
        size: 12,
        weight,
      }),
      text(end + 6, y, bar.label, { colour: theme.muted, weight }),
    ];
  });
  return draw(series, marks);
}

/** ECharts lays bars of two value axes upright; a rectangle of our own lies. */
function horizontal(data: readonly Partial<Datum>[], thick: number): Series {
  return {
    type: 'custom',
    data: data as Datum[],
    renderItem: (_params, api) => {
      const [start, end] = [api.coord([0, api.value(1)]), api.coord([api.value(0), api.value(1)])];
      const [x, y] = [start[0] ?? 0, (start[1] ?? 0) - thick / 2];
      const width = Math.max(0.5, (end[0] ?? 0) - x);
      return {
        type: 'rect',
        shape: { x, y, width, height: thick },
        style: { fill: api.visual('color') as string },
      };
    },
  };
}

// Work in progress by stage and age, over the pace at which past items left each stage.

import type { Chart, Datum } from './chart.ts';
import type { Aging, AgingItem } from './data.ts';
import { daysAxis } from './cycle-time.ts';
import { box, edgeLabels, edgeMargin, fit, frame, line, text, textWidth, type Mark } from './frame.ts';
import { hue, mix } from './theme.ts';
import type { Words } from './words.ts';

export const aging: Chart<Aging> = {
  name: 'aging',
  question: (words) => words.aging.question,
  option(data, canvas) {
    const { theme, words } = canvas;
    const stages = data.stages.filter((it) => it.category === 'active' || it.category === 'waiting');
    const index = new Map(stages.map((stage, at) => [stage.name, at]));
    const items = data.items.filter((item) => index.has(item.stage));
    const sle = data.sle_days ?? undefined;
    const paces = stages.flatMap((stage) => stage.pace);
    const ages = [...items.map((item) => item.age_days), ...paces.map((it) => it.value), sle ?? 1];
    const usual = Math.max(sle ?? 1, ...paces.map((it) => (it.percent === 85 ? it.value : 1)));
    const y = daysAxis(ages, [{ percent: 85, value: usual }], words);
    const sleText = sle === undefined ? '' : words.aging.sle(sle);
    const last = stages.at(-1)?.pace ?? [];
    // Where stages are too narrow for their names, the names rise, and the edge is left to the chart.
    const isNarrow = canvas.width < 90 * stages.length;
    const right = isNarrow ? 8 : edgeMargin([sleText, ...last.map((it) => words.aging.band(it.percent))]);
    const { plot, draw } = frame(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.aging.unit,
      key: [
        { label: words.aging.moving, colour: theme.ink, shape: 'dot' },
        { label: words.aging.stalled, colour: theme.watch, shape: 'ring' },
        { label: words.aging.blocked, colour: theme.bad, shape: 'diamond' },
      ],
      x: { min: 0, max: Math.max(1, stages.length), ticks: [] },
      y,
      margins: { right, bottom: isNarrow ? 84 : 34 },
      note:
        items.length < data.item_count && data.items.length < data.item_count
          ? words.aging.limited(data.items.length, data.item_count)
          : undefined,
    });
    const marks: Mark[] = [];
    stages.forEach((stage, at) => {
      const [x1, x2] = [plot.x(at) + 3, plot.x(at + 1) - 3];
      let below = y.log ? 1 : 0;
      for (const { percent, value } of stage.pace) {
        const fill = mix(hue(theme, 0), theme.paper, BAND[percent] ?? 0.9);
        marks.push(box(x1, plot.y(below), x2, plot.y(value), fill));
        below = Math.max(below, value);
      }
      const count = items.filter((item) => item.stage === stage.name).length;
      const middle = (x1 + x2) / 2;
      if (isNarrow) {
        const name = `${fit(stage.name, 108)} ${count}`;
        const style = { colour: theme.ink, align: 'right', valign: 'middle', slant: 45 } as const;
        marks.push(text(middle + 3, plot.bottom + 10, name, style));
        return;
      }
      const name = fit(stage.name, x2 - x1);
      marks.push(
        text(middle, plot.bottom + 7, name, {
          colour: theme.ink,
          align: 'center',
          valign: 'top',
          weight: 600,
        }),
        text(middle, plot.bottom + 21, words.items(count), {
          colour: theme.muted,
          align: 'center',
          valign: 'top',
        }),
      );
    });
    const edge = isNarrow
      ? []
      : last.map((it) => ({
          y: plot.y(it.value),
          text: words.aging.band(it.percent),
          colour: theme.muted,
        }));
    if (sle !== undefined) {
      const at = plot.y(sle);
      marks.push(line(plot.left, at, plot.right, at, { colour: theme.ink, dash: [6, 3], width: 1.5, z: 1 }));
      if (isNarrow) {
        marks.push(text(plot.left + 4, at - 8, sleText, { colour: theme.ink, halo: theme.paper, z: 6 }));
      } else edge.push({ y: at, text: sleText, colour: theme.ink });
    }
    marks.push(...edgeLabels(plot, edge));
    const room = (plot.right - plot.left) / Math.max(1, stages.length);
    const places = spread(items, index, plot.y, room);
    // The oldest are named, as far as the names do not lie on each other.
    const named: { from: number; to: number; y: number }[] = [];
    items.slice(0, 3).forEach((item) => {
      const [x, at] = [plot.x(places.get(item.id) ?? 0), plot.y(item.age_days)];
      const width = textWidth(item.label);
      const isFar = x + Math.max(70, 8 + width) > plot.right;
      const from = isFar ? x - 8 - width : x + 8;
      const name = { from, to: from + width, y: at };
      const lies = named.some((it) => Math.abs(it.y - at) < 14 && it.from < name.to && name.from < it.to);
      if (lies) return;
      named.push(name);
      marks.push(
        text(isFar ? x - 8 : x + 8, at, item.label, {
          colour: theme.ink,
          align: isFar ? 'right' : 'left',
          halo: theme.paper,
          z: 6,
        }),
      );
    });
    const dots: Datum[] = items.map((item) => ({
      value: [places.get(item.id) ?? 0, item.age_days],
      about: {
        head: `${item.label} · ${words.aging.age(item.age_days)}`,
        lines: [words.aging.inStage(item.stage_days, item.stage), stateOf(item, words)],
        item: { id: item.id, label: item.label, title: item.title },
      },
      ...dotStyle(item, theme),
    }));
    return draw([{ type: 'scatter', symbolSize: 8, data: dots, emphasis: { scale: 1.5 } }], marks);
  },
  table: (data, words) => ({
    columns: words.aging.columns,
    rows: data.items.map((item) => [
      item.label,
      item.title,
      item.stage,
      item.age_days,
      item.stage_days,
      stateOf(item, words),
    ]),
  }),
  summary(data, words) {
    const oldest = data.items.reduce((most, item) => Math.max(most, item.age_days), 0);
    const blocked = data.items.filter((item) => item.is_blocked).length;
    return words.aging.summary(data.item_count, words.days(oldest), blocked);
  },
};

/** How pale the band up to each percentile is. */
const BAND: Record<number, number> = { 50: 0.93, 70: 0.87, 85: 0.79, 95: 0.69 };

function stateOf(item: AgingItem, words: Words): string {
  if (item.is_blocked) return words.aging.blocked;
  return item.is_stalled ? words.aging.stalled : words.aging.moving;
}

function dotStyle(
  item: AgingItem,
  theme: { ink: string; watch: string; bad: string; paper: string },
): object {
  if (item.is_blocked) {
    const itemStyle = { color: theme.bad, borderColor: theme.paper, borderWidth: 1 };
    return { symbol: 'diamond', symbolSize: 12, itemStyle };
  }
  if (item.is_stalled) return { itemStyle: { color: theme.paper, borderColor: theme.watch, borderWidth: 2 } };
  return { itemStyle: { color: theme.ink, borderColor: theme.paper, borderWidth: 1 } };
}

/** Places of the dots along the stages: side by side where ages are alike, as in a swarm. */
function spread(
  items: readonly AgingItem[],
  index: ReadonlyMap<string, number>,
  y: (age: number) => number,
  room: number,
): Map<string, number> {
  const gap = 10;
  const half = Math.max(1, Math.floor((room - 20) / 2 / gap));
  const taken = new Map<string, number>();
  const places = new Map<string, number>();
  for (const item of items) {
    const at = index.get(item.stage) ?? 0;
    const row = `${item.stage}\n${Math.round(y(item.age_days) / gap)}`;
    const used = taken.get(row) ?? 0;
    taken.set(row, used + 1);
    // 0, right 1, left 1, right 2, left 2, … and from the middle again when the stage is full.
    const step = Math.ceil((used % (2 * half + 1)) / 2) * (used % 2 === 0 ? -1 : 1);
    places.set(item.id, at + 0.5 + (step * gap) / room);
  }
  return places;
}

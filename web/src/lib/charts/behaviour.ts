// A process behaviour chart: which points say that something changed, and which are ordinary variation.

import type { Canvas, Chart, Datum } from './chart.ts';
import type { Behaviour, BehaviourPoint, BehaviourSegment } from './data.ts';
import { dayNumber, longDay, parts, shortDay } from './day.ts';
import {
  box,
  edgeLabels,
  edgeMargin,
  frame,
  line,
  text,
  valueAxis,
  type Axis,
  type KeyEntry,
  type Mark,
  type Plot,
} from './frame.ts';
import { wholeScale } from './number.ts';
import { hue, mix, type Theme } from './theme.ts';
import type { Words } from './words.ts';

export const behaviour: Chart<Behaviour> = {
  name: 'behaviour',
  question: (words) => words.behaviour.question,
  option(data, canvas) {
    const { theme, words } = canvas;
    const values = data.points.map((point) => point.value);
    const most = Math.max(0, ...values, ...data.segments.map((segment) => segment.upper));
    const edge = data.segments.at(-1);
    const labels = edge === undefined ? [] : limitTexts(edge, words);
    const right = edgeMargin(labels.map((it) => it.text));
    const { plot, draw } = frame(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.behaviour.unit[data.measure] ?? '',
      key: keyOf(data, theme, words),
      x: pointAxis(data.points, canvas, right),
      y: valueAxis(wholeScale(most), words),
      margins: { right },
      note: data.too_few ? words.tooFew(data.too_few.n, data.too_few.need, data.too_few.of) : undefined,
    });
    const marks = data.segments.flatMap((segment) => segmentMarks(segment, plot, theme));
    marks.push(
      ...edgeLabels(
        plot,
        labels.map((it) => ({ ...it, y: plot.y(it.value), colour: theme.muted })),
      ),
    );
    for (const { day, label } of canvas.annotations) {
      const at = data.points.findIndex((point) => point.day >= day);
      if (at < 0) continue;
      const x = plot.x(at - 0.5);
      marks.push(line(x, plot.top, x, plot.bottom, { colour: theme.info, z: 1 }));
      marks.push(text(x + 4, plot.top + 6, label, { colour: theme.info, halo: theme.paper, z: 5 }));
    }
    const size = data.points.length > 150 ? 4 : 6;
    const points: Datum[] = data.points.map((point, index) => ({
      value: [index, point.value],
      about: aboutPoint(point, words),
      ...pointStyle(point, theme, size),
    }));
    const isMany = data.points.length > 250;
    return draw(
      [
        {
          type: 'line',
          data: points,
          symbol: 'circle',
          symbolSize: size,
          showAllSymbol: true,
          lineStyle: { color: mix(hue(theme, 0), theme.paper, 0.35), width: isMany ? 0.75 : 1.25 },
          itemStyle: { color: hue(theme, 0) },
        },
      ],
      marks,
    );
  },
  table: (data, words) => ({
    columns: words.behaviour.columns,
    rows: data.points.map((point, index) => {
      const segment = data.segments.find((it) => it.first <= index && index <= it.last);
      const rules = point.signals.map((rule) => words.behaviour.rules[rule] ?? rule).join(', ');
      return [
        point.day,
        point.value,
        segment?.centre ?? null,
        segment?.lower ?? null,
        segment?.upper ?? null,
        rules,
      ];
    }),
  }),
  summary(data, words) {
    const signals = data.points.filter((point) => point.signals.length > 0).length;
    return words.behaviour.summary(data.points.length, signals, Math.max(0, data.segments.length - 1));
  },
};

function isOutside(point: BehaviourPoint): boolean {
  return point.signals.includes('outside') || point.signals.includes('moving_range');
}

function keyOf(data: Behaviour, theme: Theme, words: Words): KeyEntry[] {
  const key: KeyEntry[] = [];
  if (data.points.some(isOutside))
    key.push({ label: words.behaviour.outsideKey, colour: theme.bad, shape: 'diamond' });
  if (data.points.some((point) => point.signals.length > 0 && !isOutside(point))) {
    key.push({ label: words.behaviour.runKey, colour: theme.watch, shape: 'square' });
  }
  if (data.points.some((point) => point.is_partial)) {
    key.push({ label: words.behaviour.partialKey, colour: theme.muted, shape: 'ring' });
  }
  return key;
}

function pointStyle(point: BehaviourPoint, theme: Theme, size: number): object {
  if (point.is_partial) {
    return {
      symbolSize: size + 1,
      itemStyle: { color: theme.paper, borderColor: theme.muted, borderWidth: 1.5 },
    };
  }
  if (isOutside(point)) return { symbol: 'diamond', symbolSize: size + 6, itemStyle: { color: theme.bad } };
  if (point.signals.length > 0)
    return { symbol: 'rect', symbolSize: size + 2, itemStyle: { color: theme.watch } };
  return {};
}

function aboutPoint(point: BehaviourPoint, words: Words): Datum['about'] {
  const rules = point.signals.map((rule) => words.behaviour.rules[rule] ?? rule);
  const head = `${longDay(dayNumber(point.day), words)} · ${words.number(point.value)}`;
  const label = point.item?.label;
  const lines = [
    ...(label === undefined ? [] : [label]),
    ...rules,
    ...(point.is_partial ? [words.notOver] : []),
  ];
  return { head, lines, item: point.item ?? undefined };
}

function segmentMarks(segment: BehaviourSegment, plot: Plot, theme: Theme): Mark[] {
  const [x1, x2] = [plot.x(segment.first - 0.5), plot.x(segment.last + 0.5)];
  const floor = segment.lower ?? undefined;
  const level = (value: number, dash?: number[]) =>
    line(x1, plot.y(value), x2, plot.y(value), {
      colour: dash ? theme.muted : theme.ink,
      z: 1,
      ...(dash ? { dash } : {}),
    });
  return [
    box(x1, plot.y(segment.upper), x2, plot.y(floor ?? 0), mix(theme.muted, theme.paper, 0.92)),
    level(segment.centre),
    level(segment.upper, [5, 3]),
    ...(floor === undefined ? [] : [level(floor, [5, 3])]),
  ];
}

function limitTexts(segment: BehaviourSegment, words: Words): { value: number; text: string }[] {
  const floor = segment.lower ?? undefined;
  return [
    { value: segment.upper, text: words.behaviour.upper(words.number(segment.upper)) },
    { value: segment.centre, text: words.behaviour.centre(words.number(segment.centre)) },
    ...(floor === undefined ? [] : [{ value: floor, text: words.behaviour.lower(words.number(floor)) }]),
  ];
}

/** Points stand at equal distances; the ticks name the days of some of them. */
function pointAxis(points: readonly BehaviourPoint[], canvas: Canvas, right: number): Axis {
  const most = Math.max(2, Math.floor((canvas.width - right - 50) / 70));
  const step = Math.max(1, Math.ceil(points.length / most));
  let shownYear = 0;
  const ticks = points.flatMap((point, at) => {
    if (at % step !== 0) return [];
    const day = dayNumber(point.day);
    const { year } = parts(day);
    const name = shortDay(day, canvas.words);
    const label = year === shownYear ? name : `${name}\n${year}`;
    shownYear = year;
    return [{ at, label }];
  });
  return { min: -0.5, max: Math.max(1, points.length) - 0.5, ticks };
}

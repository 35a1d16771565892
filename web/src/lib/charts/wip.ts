// Work in progress and its total age, day by day.

import type { Canvas, Chart, Datum, Option } from './chart.ts';
import type { Wip } from './data.ts';
import { dayNumber, longDay } from './day.ts';
import {
  annotationMarks,
  dayAxis,
  edgeLabels,
  edgeMargin,
  frame,
  line,
  todayMark,
  valueAxis,
  type Mark,
} from './frame.ts';
import { wholeScale } from './number.ts';
import { hue } from './theme.ts';

export const wip: Chart<Wip> = {
  name: 'wip',
  question: (words) => words.wip.question,
  option(data, canvas) {
    const { words } = canvas;
    const limit = data.limit ?? undefined;
    return run(canvas, data, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.wip.unit,
      values: data.wip,
      say: words.wip.inProgress,
      limit: limit === undefined ? undefined : { value: limit, label: words.wip.limit(limit) },
      hue: 0,
    });
  },
  table: (data, words) => ({
    columns: words.wip.columns,
    rows: data.days.map((day, index) => [day, data.wip[index] ?? null]),
  }),
  summary: (data, words) =>
    words.wip.summary(
      data.wip.at(-1) ?? 0,
      Math.min(...(data.wip.length > 0 ? data.wip : [0])),
      Math.max(0, ...data.wip),
    ),
};

export const totalAge: Chart<Wip> = {
  name: 'total_age',
  question: (words) => words.totalAge.question,
  option(data, canvas) {
    const { words } = canvas;
    return run(canvas, data, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.totalAge.unit,
      values: data.total_age_days,
      say: words.totalAge.age,
      limit: undefined,
      hue: 6,
    });
  },
  table: (data, words) => ({
    columns: words.totalAge.columns,
    rows: data.days.map((day, index) => [day, data.total_age_days[index] ?? null]),
  }),
  summary: (data, words) =>
    words.totalAge.summary(data.total_age_days[0] ?? 0, data.total_age_days.at(-1) ?? 0),
};

interface Run {
  question: string;
  summary: string;
  unit: string;
  values: readonly number[];
  say(value: number): string;
  limit: { value: number; label: string } | undefined;
  hue: number;
}

function run(canvas: Canvas, data: Wip, input: Run): Option {
  const { theme, words } = canvas;
  const days = data.days.map(dayNumber);
  const [from, to] = [days[0] ?? 0, days.at(-1) ?? 1];
  const last = input.values.at(-1) ?? 0;
  const right = edgeMargin([words.number(last), input.limit?.label ?? '']);
  const { plot, draw } = frame(canvas, {
    ...input,
    x: dayAxis(canvas, from, to, canvas.width - right - 50),
    y: valueAxis(wholeScale(Math.max(0, input.limit?.value ?? 0, ...input.values)), words),
    margins: { right },
    trigger: 'axis',
  });
  const colour = hue(theme, input.hue);
  const labels = [{ y: plot.y(last), text: words.number(last), colour, weight: 600 }];
  const marks: Mark[] = [];
  if (input.limit !== undefined) {
    const at = plot.y(input.limit.value);
    marks.push(line(plot.left, at, plot.right, at, { colour: theme.ink, dash: [6, 3], width: 1.5, z: 4 }));
    labels.push({ y: at, text: input.limit.label, colour: theme.ink, weight: 400 });
  }
  marks.push(...edgeLabels(plot, labels), ...todayMark(canvas, plot, data.window.today, from, to - 1));
  marks.push(...annotationMarks(canvas, plot, from, to));
  const points: Datum[] = days.map((day, index) => ({
    value: [day, input.values[index] ?? null],
    about: { head: longDay(day, words), lines: [input.say(input.values[index] ?? 0)] },
  }));
  return draw(
    [
      {
        type: 'line',
        step: 'end',
        data: points,
        showSymbol: false,
        lineStyle: { color: colour, width: 2 },
        itemStyle: { color: colour },
        areaStyle: { color: colour, opacity: 0.1 },
      },
    ],
    marks,
  );
}

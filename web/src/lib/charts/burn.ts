// Scope and what is done of it: burn-up with a fan of forecasts, burn-down of an iteration.

import type { Canvas, Chart, Datum } from './chart.ts';
import type { BurnDown, BurnUp, Forecast } from './data.ts';
import { dayNumber, longDay, shortDay } from './day.ts';
import {
  annotationMarks,
  dayAxis,
  edgeLabels,
  edgeMargin,
  frame,
  line,
  polygon,
  todayMark,
  valueAxis,
  type EdgeLabel,
  type Mark,
  type Plot,
} from './frame.ts';
import { wholeScale } from './number.ts';
import { claimInk, confidence, hue } from './theme.ts';

/** Scope and done, and a "when" forecast of the rest. */
export interface BurnUpWithForecast {
  burn_up: BurnUp;
  forecast?: Forecast | null | undefined;
}

export const burnUp: Chart<BurnUpWithForecast> = {
  name: 'burn_up',
  question: (words) => words.burnUp.question,
  option(data, canvas) {
    const { theme, words } = canvas;
    const { burn_up: up } = data;
    const days = up.days.map(dayNumber);
    const [from, now] = [days[0] ?? 0, days.at(-1) ?? 1];
    const [scopeNow, doneNow] = [up.scope.at(-1) ?? 0, up.done.at(-1) ?? 0];
    const ends = fanEnds(data, doneNow);
    const to = Math.max(now, ...ends.map((end) => end.day));
    const claims = ends.map((end) => words.burnUp.claim(end.percent, shortDay(end.day, words)));
    const right = edgeMargin([words.burnUp.scope(scopeNow), words.burnUp.done(doneNow), ...claims]);
    const { plot, draw } = frame(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.burnUp.unit,
      x: dayAxis(canvas, from, to, canvas.width - right - 50),
      y: valueAxis(wholeScale(Math.max(0, ...up.scope, ...ends.map((end) => end.done)) * 1.05), words),
      margins: { right },
      trigger: 'axis',
    });
    const edge: EdgeLabel[] = [
      { y: plot.y(scopeNow), text: words.burnUp.scope(scopeNow), colour: theme.ink },
    ];
    ends.forEach((end, index) => {
      const weight = end.percent === 85 ? 600 : 400;
      edge.push({
        y: plot.y(end.done) + 6 + index,
        text: claims[index] ?? '',
        colour: claimInk(theme, end.percent),
        weight,
      });
    });
    if (ends.length === 0)
      edge.push({ y: plot.y(doneNow), text: words.burnUp.done(doneNow), colour: hue(theme, 0) });
    const marks = [...fan(ends, now, doneNow, canvas, plot), ...edgeLabels(plot, edge)];
    if (to > now) {
      const y = plot.y(scopeNow);
      marks.push(line(plot.x(now), y, plot.right, y, { colour: theme.ink, dash: [5, 3], z: 1 }));
    }
    marks.push(
      ...todayMark(canvas, plot, up.window.today, from, to - 1),
      ...annotationMarks(canvas, plot, from, to),
    );
    const scope: Datum[] = days.map((day, index) => ({
      value: [day, up.scope[index] ?? null],
      about: {
        head: longDay(day, words),
        lines: [words.burnUp.scope(up.scope[index] ?? 0), words.burnUp.done(up.done[index] ?? 0)],
      },
    }));
    const done = days.map((day, index) => [day, up.done[index] ?? 0]);
    const colour = hue(theme, 0);
    const base = { type: 'line', step: 'end', showSymbol: false } as const;
    return draw(
      [
        {
          ...base,
          data: scope,
          lineStyle: { color: theme.ink, width: 1.5 },
          itemStyle: { color: theme.ink },
        },
        {
          ...base,
          data: done,
          lineStyle: { color: colour, width: 2 },
          itemStyle: { color: colour },
          areaStyle: { color: colour, opacity: 0.14 },
        },
      ],
      marks,
    );
  },
  table: ({ burn_up: up }, words) => ({
    columns: words.burnUp.columns,
    rows: up.days.map((day, index) => [day, up.scope[index] ?? null, up.done[index] ?? null]),
  }),
  summary: ({ burn_up: up }, words) => words.burnUp.summary(up.done.at(-1) ?? 0, up.scope.at(-1) ?? 0),
};

interface FanEnd {
  percent: number;
  day: number;
  done: number;
}

function fanEnds({ forecast }: BurnUpWithForecast, doneNow: number): FanEnd[] {
  const remaining = forecast?.remaining ?? undefined;
  if (forecast === null || forecast === undefined || remaining === undefined) return [];
  return forecast.claims.flatMap(({ percent, day }) =>
    day === null || day === undefined ? [] : [{ percent, day: dayNumber(day), done: doneNow + remaining }],
  );
}

function fan(ends: readonly FanEnd[], now: number, done: number, { theme }: Canvas, plot: Plot): Mark[] {
  const origin = [plot.x(now), plot.y(done)] as const;
  const at = (end: FanEnd) => [plot.x(end.day), plot.y(end.done)] as const;
  const [first, last] = [ends[0], ends.at(-1)];
  if (first === undefined || last === undefined) return [];
  const marks: Mark[] = [polygon([origin, at(first), at(last)], theme.accent, 0.14)];
  for (const end of ends) {
    const [x, y] = at(end);
    const colour = confidence(theme, end.percent);
    marks.push(line(origin[0], origin[1], x, y, { colour, width: end.percent === 85 ? 2 : 1, z: 1 }));
    marks.push({
      type: 'circle',
      z: 5,
      silent: true,
      shape: { cx: x, cy: y, r: 3.5 },
      style: { fill: colour },
    });
  }
  return marks;
}

export const burnDown: Chart<BurnDown> = {
  name: 'burn_down',
  question: (words) => words.burnDown.question,
  option(data, canvas) {
    const { theme, words } = canvas;
    const days = data.days.map(dayNumber);
    const from = days[0] ?? 0;
    const end = data.iteration.ends_on ? dayNumber(data.iteration.ends_on) : (days.at(-1) ?? from + 1);
    const to = Math.max(from + 1, end, days.at(-1) ?? 0);
    const last = data.remaining.at(-1) ?? 0;
    const scope = data.scope.at(-1) ?? 0;
    const labels = [words.burnDown.left(last), words.burnDown.scope(scope)];
    const right = edgeMargin(labels);
    const { plot, draw } = frame(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.burnDown.unit[data.unit] ?? '',
      key: [{ label: words.burnDown.even, colour: theme.axis, shape: 'dash' }],
      x: dayAxis(canvas, from, to, canvas.width - right - 50),
      y: valueAxis(wholeScale(Math.max(0, ...data.scope, ...data.remaining)), words),
      margins: { right },
      trigger: 'axis',
    });
    const colour = hue(theme, 0);
    const marks = [
      line(plot.x(from), plot.y(data.remaining[0] ?? 0), plot.x(to), plot.y(0), {
        colour: theme.axis,
        dash: [3, 3],
        z: 1,
      }),
      ...edgeLabels(plot, [
        { y: plot.y(last), text: labels[0] ?? '', colour, weight: 600 },
        { y: plot.y(scope), text: labels[1] ?? '', colour: theme.muted },
      ]),
    ];
    const left: Datum[] = days.map((day, index) => ({
      value: [day, data.remaining[index] ?? null],
      about: {
        head: longDay(day, words),
        lines: [
          words.burnDown.left(data.remaining[index] ?? 0),
          words.burnDown.scope(data.scope[index] ?? 0),
        ],
      },
    }));
    const base = { type: 'line', step: 'end', showSymbol: false } as const;
    return draw(
      [
        {
          ...base,
          data: days.map((day, index) => [day, data.scope[index] ?? 0]),
          lineStyle: { color: theme.muted, width: 1 },
          silent: true,
        },
        {
          ...base,
          data: left,
          lineStyle: { color: colour, width: 2.25 },
          itemStyle: { color: colour },
          areaStyle: { color: colour, opacity: 0.1 },
        },
      ],
      marks,
    );
  },
  table: (data, words) => ({
    columns: words.burnDown.columns,
    rows: data.days.map((day, index) => [day, data.remaining[index] ?? null, data.scope[index] ?? null]),
  }),
  summary: (data, words) =>
    words.burnDown.summary(words.number(data.remaining[0] ?? 0), words.number(data.remaining.at(-1) ?? 0)),
};

// Delivery performance as three small pictures of one height and one time axis.

import type { Canvas, Chart, Datum, Option, Series } from './chart.ts';
import type { Delivery, DeliveryWeek } from './data.ts';
import { dayNumber, longDay } from './day.ts';
import {
  annotationMarks,
  dayAxis,
  frame,
  hatch,
  valueAxis,
  type Axis,
  type KeyEntry,
  type Plot,
} from './frame.ts';
import { wholeScale } from './number.ts';
import { hue } from './theme.ts';
import type { Words } from './words.ts';

export const deployments: Chart<Delivery> = {
  name: 'deployments',
  question: (words) => words.delivery.deployments,
  option(data, canvas) {
    const { theme, words } = canvas;
    const failed = hatch(theme.bad, theme.paper);
    return weekly(data, canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.delivery.deploymentsUnit,
      key: [
        { label: words.delivery.columns[1] ?? '', colour: hue(theme, 0) },
        { label: words.delivery.columns[2] ?? '', colour: failed },
      ],
      y: valueAxis(wholeScale(Math.max(0, ...data.weeks.map((week) => week.deployments)), 3), words),
      series: (width) => {
        const bar = { type: 'bar', stack: 'deployments', barWidth: width } as const;
        const fine = points(data, words, (week) => Math.max(0, week.deployments - week.failures));
        const bad = data.weeks.map((week) => [middle(week), Math.min(week.failures, week.deployments)]);
        return [
          { ...bar, itemStyle: { color: hue(theme, 0) }, data: fine },
          { ...bar, itemStyle: { color: failed as unknown as string }, data: bad },
        ];
      },
    });
  },
  table,
  summary,
};

export const changeFailures: Chart<Delivery> = {
  name: 'change_failures',
  question: (words) => words.delivery.failures,
  option(data, canvas) {
    const { theme, words } = canvas;
    return weekly(data, canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.delivery.failuresUnit,
      y: { min: 0, max: 1, ticks: [0, 0.5, 1].map((at) => ({ at, label: words.percent(at) })) },
      series: (width) => {
        const share = (week: DeliveryWeek) =>
          week.deployments > 0 ? Math.min(1, week.failures / week.deployments) : null;
        return [
          { type: 'bar', barWidth: width, itemStyle: { color: theme.bad }, data: points(data, words, share) },
        ];
      },
    });
  },
  table,
  summary,
};

export const leadTimeForChanges: Chart<Delivery> = {
  name: 'lead_time_for_changes',
  question: (words) => words.delivery.leadTime,
  option(data, canvas) {
    const { theme, words } = canvas;
    const hours = data.weeks.flatMap((week) => (week.lead_time_hours ? [week.lead_time_hours] : []));
    return weekly(data, canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.delivery.leadTimeUnit,
      y: leadTimeAxis(Math.max(2, ...hours), words),
      series: () => [
        {
          type: 'line',
          symbol: 'circle',
          symbolSize: 6,
          lineStyle: { color: hue(theme, 0), width: 1.25 },
          itemStyle: { color: hue(theme, 0) },
          data: points(data, words, (week) =>
            week.lead_time_hours ? Math.max(1, week.lead_time_hours) : null,
          ),
        },
      ],
    });
  },
  table,
  summary,
};

interface Weekly {
  question: string;
  summary: string;
  unit: string;
  key?: readonly KeyEntry[];
  y: Axis;
  series(barWidth: number, plot: Plot): Series[];
}

function weekly(data: Delivery, canvas: Canvas, input: Weekly): Option {
  const from = dayNumber(data.weeks[0]?.start ?? data.window.from);
  const to = dayNumber(data.weeks.at(-1)?.start ?? data.window.to) + 7;
  const { plot, draw } = frame(canvas, {
    ...input,
    x: dayAxis(canvas, from, to, canvas.width - 50),
    margins: { left: 44 },
    trigger: 'axis',
  });
  const width = Math.max(1, Math.min(30, ((plot.right - plot.left) / Math.max(1, (to - from) / 7)) * 0.72));
  return draw(input.series(width, plot), annotationMarks(canvas, plot, from, to));
}

function middle(week: DeliveryWeek): number {
  return dayNumber(week.start) + 3.5;
}

function points(data: Delivery, words: Words, value: (week: DeliveryWeek) => number | null): Datum[] {
  return data.weeks.map((week) => ({
    value: [middle(week), value(week)],
    about: { head: words.weekOf(longDay(dayNumber(week.start), words)), lines: lines(week, words) },
  }));
}

function lines(week: DeliveryWeek, words: Words): string[] {
  const found = [words.delivery.deployed(week.deployments)];
  if (week.failures > 0) found.push(words.delivery.failed(week.failures));
  if (week.lead_time_hours) found.push(words.delivery.hours(week.lead_time_hours));
  return found;
}

/** Hours on a logarithmic axis, with ticks at spans that people speak of. */
function leadTimeAxis(most: number, words: Words): Axis {
  const spans = [1, 4, 24, 7 * 24, 30 * 24, 180 * 24];
  const last = spans.findIndex((span) => span >= most);
  const ticks = last < 0 ? spans : spans.slice(0, last + 1);
  return {
    min: 1,
    max: Math.max(most, ticks.at(-1) ?? most),
    log: true,
    ticks: ticks.map((at) => ({ at, label: words.delivery.hours(at) })),
  };
}

function table(data: Delivery, words: Words) {
  return {
    columns: words.delivery.columns,
    rows: data.weeks.map((week) => [
      week.start,
      week.deployments,
      week.failures,
      week.lead_time_hours ?? null,
    ]),
  };
}

function summary(data: Delivery, words: Words): string {
  const sum = (of: (week: DeliveryWeek) => number) => data.weeks.reduce((total, week) => total + of(week), 0);
  return words.delivery.summary(
    sum((week) => week.deployments),
    sum((week) => week.failures),
    data.weeks.length,
  );
}

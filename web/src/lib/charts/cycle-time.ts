// Cycle times: one dot an item by its day of finish, with percentiles; and how they are spread.

import type { Canvas, Chart, Datum } from './chart.ts';
import type { CycleTime, Percentile } from './data.ts';
import { dayNumber, longDay } from './day.ts';
import {
  annotationMarks,
  dayAxis,
  edgeLabels,
  edgeMargin,
  frame,
  line,
  text,
  valueAxis,
  type Axis,
} from './frame.ts';
import { logScale, wholeScale } from './number.ts';
import { claimInk, confidence, hue } from './theme.ts';
import type { Words } from './words.ts';

export const cycleTime: Chart<CycleTime> = {
  name: 'cycle_time',
  question: (words) => words.cycleTime.question,
  option(data, canvas) {
    const { theme, words } = canvas;
    const from = dayNumber(data.window.from);
    const to = dayNumber(data.window.to);
    const y = daysAxis(
      data.points.map((point) => point.days),
      data.percentiles,
      words,
    );
    const sle = data.sle ?? undefined;
    const sleText = sle === undefined ? '' : words.cycleTime.sle(sle.percent, sle.days);
    const labels = data.percentiles.map((it) => words.percentileDays(it.percent, it.value));
    const right = edgeMargin([...labels, sleText]);
    const { plot, draw } = frame(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: y.log ? words.cycleTime.logUnit : words.cycleTime.unit,
      x: dayAxis(canvas, from, to, canvas.width - right - 40),
      y,
      margins: { right },
      note: data.points.length < data.n ? words.cycleTime.thinned(data.points.length, data.n) : undefined,
    });
    const edge = data.percentiles.map((it) => ({
      y: plot.y(it.value),
      text: words.percentileDays(it.percent, it.value),
      colour: claimInk(theme, it.percent),
      weight: it.percent === 85 ? 600 : 400,
    }));
    const marks = data.percentiles.map((it) => {
      const at = plot.y(it.value);
      return line(plot.left, at, plot.right, at, { colour: confidence(theme, it.percent), z: 1 });
    });
    if (sle !== undefined) {
      const at = plot.y(sle.days);
      marks.push(line(plot.left, at, plot.right, at, { colour: theme.ink, dash: [6, 3], width: 1.5, z: 4 }));
      edge.push({ y: at, text: sleText, colour: theme.ink, weight: 400 });
    }
    marks.push(...edgeLabels(plot, edge), ...annotationMarks(canvas, plot, from, to));
    const size = data.points.length > 1500 ? 4 : data.points.length > 400 ? 5 : 7;
    const dots: Datum[] = data.points.map((point) => {
      const isBeyond = sle !== undefined && point.days > sle.days;
      const finished = longDay(dayNumber(point.finished_on), words);
      return {
        value: [dayNumber(point.finished_on), point.days],
        about: {
          head: `${point.label} · ${words.days(point.days)}`,
          lines: [words.cycleTime.point(finished)],
          item: { id: point.id, label: point.label, title: point.title },
        },
        itemStyle: { color: isBeyond ? theme.watch : hue(theme, 0), opacity: 0.6 },
        ...(isBeyond ? { symbol: 'diamond', symbolSize: size + 3 } : {}),
      };
    });
    return draw([{ type: 'scatter', symbolSize: size, data: dots, emphasis: { scale: 1.6 } }], marks);
  },
  table: (data, words) => ({
    columns: words.cycleTime.columns,
    rows: data.points.map((point) => [point.label, point.title, point.finished_on, point.days]),
  }),
  summary(data, words) {
    const value = (wanted: number) => data.percentiles.find((it) => it.percent === wanted)?.value;
    const say = (days: number | undefined) => (days === undefined ? '–' : words.days(days));
    return words.cycleTime.summary(data.n, say(value(50)), say(value(85)));
  },
};

export const cycleTimeHistogram: Chart<CycleTime> = {
  name: 'cycle_time_histogram',
  question: (words) => words.histogram.question,
  option(data, canvas) {
    const { theme, words } = canvas;
    const bins = data.histogram;
    const { plot, draw } = frame(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.histogram.unit,
      x: binAxis(bins.length, canvas),
      y: valueAxis(wholeScale(Math.max(0, ...bins) * 1.12), words),
      trigger: 'axis',
    });
    const width = Math.max(1, ((plot.right - plot.left) / Math.max(1, bins.length)) * 0.8);
    const bars: Datum[] = bins.map((count, index) => ({
      value: [index + 1, count],
      about: { head: words.histogram.bin(binName(index, bins.length, words)), lines: [words.items(count)] },
    }));
    const shown = data.percentiles.filter((it) => it.value <= bins.length);
    const marks = shown.flatMap((it, index) => {
      const x = plot.x(it.value + 0.5);
      const at = plot.top + 5 + (index % 2) * 14;
      const colour = confidence(theme, it.percent);
      return [
        line(x, plot.top, x, plot.bottom, { colour, z: 4 }),
        text(x - 4, at, words.percentile(it.percent), {
          colour,
          align: 'right',
          halo: theme.paper,
          weight: 600,
          z: 5,
        }),
      ];
    });
    return draw([{ type: 'bar', barWidth: width, itemStyle: { color: hue(theme, 0) }, data: bars }], marks);
  },
  table: (data, words) => ({
    columns: words.histogram.columns,
    rows: data.histogram.map((count, index) => [binName(index, data.histogram.length, words), count]),
  }),
  summary(data, words) {
    const most = data.histogram.indexOf(Math.max(0, ...data.histogram));
    return words.histogram.summary(
      data.n,
      words.histogram.bin(binName(Math.max(0, most), data.histogram.length, words)),
    );
  },
};

/** An axis of days: even, or logarithmic when a few are so long that the rest would lie flat on the ground. */
export function daysAxis(days: readonly number[], percentiles: readonly Percentile[], words: Words): Axis {
  const most = days.reduce((a, b) => Math.max(a, b), 1);
  const usual = percentiles.find((it) => it.percent === 85)?.value ?? most;
  if (most > usual * 5 && most > 30) return { ...valueAxis(logScale(most), words), log: true };
  return valueAxis(wholeScale(most), words);
}

function binAxis(bins: number, canvas: Canvas): Axis {
  const most = Math.max(2, Math.floor((canvas.width - 50) / 44));
  const step = [1, 2, 5, 7, 10, 14, 20, 30, 50, 100].find((it) => bins / it <= most) ?? 200;
  const ticks = [];
  for (let day = step === 1 ? 1 : step; day < bins; day += step) ticks.push({ at: day, label: String(day) });
  const last = ticks.at(-1);
  if (last !== undefined && bins - last.at < step * 0.6) ticks.pop();
  ticks.push({ at: bins, label: `${bins}+` });
  if (step > 1 && bins > 3) ticks.unshift({ at: 1, label: '1' });
  return { min: 0.3, max: bins + 0.7, ticks };
}

function binName(index: number, bins: number, words: Words): string {
  return index === bins - 1 && bins > 1 ? words.histogram.orMore(index + 1) : String(index + 1);
}

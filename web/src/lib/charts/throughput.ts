// Items finished by period, zeros included; the period that is not over is hatched and stays out of the mean.

import type { Chart, Datum } from './chart.ts';
import type { Throughput, ThroughputPeriod } from './data.ts';
import { dayNumber, longDay, parts } from './day.ts';
import { annotationMarks, dayAxis, edgeLabels, edgeMargin, frame, hatch, line, valueAxis } from './frame.ts';
import { wholeScale } from './number.ts';
import { hue } from './theme.ts';
import type { Words } from './words.ts';

export const throughput: Chart<Throughput> = {
  name: 'throughput',
  question: (words) => words.throughput.question,
  option(data, canvas) {
    const { theme, words } = canvas;
    const starts = data.periods.map((period) => dayNumber(period.start));
    const from = starts[0] ?? dayNumber(data.window.from);
    const to = (starts.at(-1) ?? from) + periodDays(data.bucket, starts.at(-1) ?? from);
    const mean = data.mean === null || data.mean === undefined ? undefined : data.mean;
    const meanText = mean === undefined ? [] : [words.mean(mean)];
    const most = Math.max(0, ...data.periods.map((period) => Math.max(period.delivered, period.started)));
    const right = edgeMargin(meanText);
    const { plot, draw } = frame(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.throughput.unit[data.bucket] ?? '',
      key: [
        { label: words.throughput.finishedKey, colour: hue(theme, 0) },
        { label: words.throughput.startedKey, colour: theme.muted, shape: 'line' },
        ...(data.periods.some((period) => period.is_partial)
          ? [{ label: words.throughput.partialKey, colour: hatch(hue(theme, 0), theme.paper) }]
          : []),
      ],
      x: dayAxis(canvas, from, to, canvas.width - right - 40),
      y: valueAxis(wholeScale(most), words),
      margins: { right },
      trigger: 'axis',
    });
    const middles = starts.map((start) => start + periodDays(data.bucket, start) / 2);
    const width = Math.max(1, Math.min(44, ((plot.right - plot.left) / Math.max(1, starts.length)) * 0.72));
    const bars: Datum[] = data.periods.map((period, index) => ({
      value: [middles[index] ?? 0, period.delivered],
      about: { head: periodName(data.bucket, period, words), lines: periodLines(period, words) },
      itemStyle: { color: period.is_partial ? hatch(hue(theme, 0), theme.paper) : hue(theme, 0) },
    }));
    const marks = data.periods.map((period, index) => {
      const x = plot.x(middles[index] ?? 0);
      const y = plot.y(period.started);
      return line(x - width / 2 - 1, y, x + width / 2 + 1, y, { colour: theme.muted, width: 1.5, z: 4 });
    });
    if (mean !== undefined) {
      const y = plot.y(mean);
      marks.push(line(plot.left, y, plot.right, y, { colour: theme.ink, dash: [5, 3], z: 4 }));
      marks.push(...edgeLabels(plot, [{ y, text: words.mean(mean), colour: theme.ink }]));
    }
    marks.push(...annotationMarks(canvas, plot, from, to));
    return draw([{ type: 'bar', barWidth: width, data: bars }], marks);
  },
  table: (data, words) => ({
    columns: words.throughput.columns,
    rows: data.periods.map((it) => [it.start, it.delivered, it.started, it.cancelled, it.created]),
  }),
  summary(data, words) {
    const whole = data.periods.filter((period) => !period.is_partial);
    const total = whole.reduce((sum, period) => sum + period.delivered, 0);
    const mean = data.mean === null || data.mean === undefined ? '' : words.mean(data.mean);
    return words.throughput.summary(total, whole.length, data.bucket, mean);
  },
};

function periodDays(bucket: string, start: number): number {
  if (bucket === 'day') return 1;
  if (bucket === 'week') return 7;
  const { month } = parts(start);
  if (month === 2) return parts(start + 28).month === 2 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function periodName(bucket: string, period: ThroughputPeriod, words: Words): string {
  const start = dayNumber(period.start);
  if (bucket === 'week') return words.weekOf(longDay(start, words));
  if (bucket === 'month') return `${words.months[parts(start).month - 1]} ${parts(start).year}`;
  return longDay(start, words);
}

function periodLines(period: ThroughputPeriod, words: Words): string[] {
  const lines = [words.throughput.finished(period.delivered), words.throughput.started(period.started)];
  if (period.cancelled > 0) lines.push(words.throughput.cancelled(period.cancelled));
  if (period.is_partial) lines.push(words.notOver);
  return lines;
}

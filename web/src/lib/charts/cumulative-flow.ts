// Items that reached each stage, day by day: a band's height is the work in a stage, its width the time there.

import type { Chart, Datum, Series } from './chart.ts';
import type { CumulativeFlow } from './data.ts';
import { dayNumber, longDay } from './day.ts';
import {
  annotationMarks,
  dayAxis,
  edgeLabels,
  edgeMargin,
  fit,
  frame,
  todayMark,
  valueAxis,
} from './frame.ts';
import { wholeScale } from './number.ts';
import { stageHue, type Theme } from './theme.ts';

const NAME_WIDTH = 110;

export const cumulativeFlow: Chart<CumulativeFlow> = {
  name: 'cumulative_flow',
  question: (words) => words.cumulativeFlow.question,
  option(data, canvas) {
    const { theme, words } = canvas;
    const days = data.days.map(dayNumber);
    const [from, to] = [days[0] ?? 0, days.at(-1) ?? 1];
    // Counted from what was done on the first day: otherwise years of finished work press the bands flat.
    const base = data.stages[0]?.reached[0] ?? 0;
    const bands = inOrder(data);
    const tops = bands.map((band) => band.reached.map((count) => count - base));
    const most = Math.max(0, ...(tops[0] ?? []));
    // A band without height at the edge has no label there: the table and the points tell its name.
    const labelled = bands.flatMap((band, at) => {
      const now = band.now[days.length - 1] ?? 0;
      return now > 0 ? [{ at, text: `${fit(band.name, NAME_WIDTH)} ${words.number(now)}` }] : [];
    });
    const right = edgeMargin(labelled.map((label) => label.text));
    const { plot, draw } = frame(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.cumulativeFlow.unit(longDay(from, words)),
      x: dayAxis(canvas, from, to, canvas.width - right - 50),
      y: valueAxis(wholeScale(most), words),
      margins: { right },
      note: distanceNote(data, canvas.words),
      trigger: 'axis',
    });
    const series: Series[] = tops.map((top, at) => ({
      type: 'line',
      data: days.map((day, index) => [day, top[index] ?? 0]),
      showSymbol: false,
      silent: true,
      lineStyle: { width: 1, color: theme.paper },
      areaStyle: { color: bandHue(theme, bands, at), opacity: 1 },
    }));
    const hover: Datum[] = days.map((day, index) => ({
      value: [day, tops[0]?.[index] ?? 0],
      about: {
        head: longDay(day, words),
        lines: bands.map((band) => words.cumulativeFlow.inStage(band.name, band.now[index] ?? 0)),
      },
    }));
    series.push({ type: 'line', data: hover, showSymbol: false, lineStyle: { opacity: 0 } });
    const labels = labelled.map(({ at, text }) => {
      const top = (tops[at] ?? []).at(-1) ?? 0;
      const below = (tops[at + 1] ?? []).at(-1) ?? 0;
      return { y: plot.y((top + below) / 2), text, colour: theme.ink };
    });
    const marks = [
      ...edgeLabels(plot, labels),
      ...todayMark(canvas, plot, data.window.today, from, to - 1),
      ...annotationMarks(canvas, plot, from, to),
    ];
    return draw(series, marks);
  },
  table(data, words) {
    const bands = inOrder(data);
    return {
      columns: [words.cumulativeFlow.column, ...bands.map((band) => band.name)],
      rows: data.days.map((day, index) => [day, ...bands.map((band) => band.reached[index] ?? 0)]),
    };
  },
  summary(data, words) {
    const first = data.stages.at(-1)?.reached ?? [];
    const last = data.stages[0]?.reached ?? [];
    const between = (index: number) => (first.at(index) ?? 0) - (last.at(index) ?? 0);
    return words.cumulativeFlow.summary(between(0), between(-1));
  },
};

interface Band {
  name: string;
  category: string;
  reached: number[];
  /** Items in the stage itself: those that reached it and not the next one. */
  now: number[];
}

/** The bands from the first stage, which lies behind all others, to the last. */
function inOrder(data: CumulativeFlow): Band[] {
  const stages = [...data.stages].reverse();
  return stages.map((stage, at) => {
    const next = stages[at + 1]?.reached ?? [];
    return { ...stage, now: stage.reached.map((count, index) => count - (next[index] ?? 0)) };
  });
}

function bandHue(theme: Theme, bands: readonly Band[], at: number): string {
  const band = bands[at];
  const alike = bands.filter((it) => it.category === band?.category);
  const index = band === undefined ? 0 : alike.indexOf(band);
  return stageHue(theme, band?.category ?? 'active', index, alike.length);
}

function distanceNote(
  data: CumulativeFlow,
  words: Parameters<typeof cumulativeFlow.summary>[1],
): string | undefined {
  const distance = data.approximate_cycle_time_days ?? undefined;
  if (distance === undefined) return undefined;
  const debt = data.flow_debt_days ?? undefined;
  const first = words.cumulativeFlow.distance(words.days(distance));
  return debt === undefined ? first : `${first} · ${words.cumulativeFlow.debt(words.days(debt))}`;
}

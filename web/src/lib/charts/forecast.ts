// When, or how many: the whole distribution with its claims, and beside each claim how far such claims have held.

import type { Canvas, Chart, Datum } from './chart.ts';
import type { Claim, CurvePoint, Forecast } from './data.ts';
import { dayNumber, longDay, shortDay } from './day.ts';
import { dayAxis, frame, line, text, type Axis, type Mark, type Plot } from './frame.ts';
import { scale } from './number.ts';
import { confidence, hue } from './theme.ts';
import type { Words } from './words.ts';

export const forecast: Chart<Forecast> = {
  name: 'forecast',
  question: (words) => words.forecast.when,
  option(data, canvas) {
    const { theme, words } = canvas;
    const isWhen = data.kind === 'when';
    const points = shownCurve(data).map((point) => ({ x: place(point), y: point.probability }));
    const right = canvas.width > 520 ? (isWhen ? 190 : 150) : 64;
    const { plot, draw } = frame(canvas, {
      question: isWhen ? words.forecast.when : words.forecast.howMany,
      summary: this.summary(data, words),
      unit: isWhen ? words.forecast.whenUnit : words.forecast.howManyUnit,
      x: curveAxis(data, canvas, right),
      y: { min: 0, max: 1, ticks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: words.percent(at) })) },
      margins: { right },
      note: data.too_few ? words.tooFew(data.too_few.n, data.too_few.need, data.too_few.of) : undefined,
      trigger: 'axis',
    });
    const curve: Datum[] = points.map(({ x, y }) => ({
      value: [x, y],
      about: {
        head: isWhen ? words.forecast.by(longDay(x, words)) : words.forecast.orMore(x),
        lines: [words.forecast.chance(words.percent(y))],
      },
    }));
    const colour = hue(theme, 0);
    return draw(
      [
        {
          type: 'line',
          step: isWhen ? 'end' : 'start',
          data: curve,
          showSymbol: false,
          lineStyle: { color: colour, width: 2 },
          itemStyle: { color: colour },
          areaStyle: { color: colour, opacity: 0.12 },
        },
      ],
      data.claims.flatMap((claim) => claimMarks(claim, data, canvas, plot)),
    );
  },
  table: (data, words) => ({
    columns: words.forecast.columns,
    rows: data.claims.map((claim) => [
      words.percentile(claim.percent),
      claim.day ?? claim.count ?? null,
      claim.held?.count ?? null,
      claim.held?.of ?? null,
    ]),
  }),
  summary(data, words) {
    if (data.too_few) return words.tooFew(data.too_few.n, data.too_few.need, data.too_few.of);
    const claim = data.claims.find((it) => it.percent === 85);
    if (data.kind === 'when') {
      const day = claim?.day ?? undefined;
      const left = words.forecast.left(data.remaining ?? 0);
      return words.forecast.summaryWhen(left, day === undefined ? '–' : longDay(dayNumber(day), words));
    }
    return words.forecast.summaryHowMany(words.items(claim?.count ?? 0));
  },
};

function place(point: CurvePoint): number {
  return point.day === null || point.day === undefined ? (point.count ?? 0) : dayNumber(point.day);
}

/** The curve without its long tail: a few of the trials end long after the last claim, where nothing is claimed. */
function shownCurve(data: Forecast): readonly CurvePoint[] {
  const last = data.claims.at(-1)?.day ?? undefined;
  if (last === undefined) return data.curve;
  const from = dayNumber(data.start);
  const end = dayNumber(last) + Math.max(3, Math.round((dayNumber(last) - from) * TAIL));
  return data.curve.filter((point) => place(point) <= end);
}

/** How much of the time up to the last claim is shown behind it. */
const TAIL = 0.4;

function curveAxis(data: Forecast, canvas: Canvas, right: number): Axis {
  const places = shownCurve(data).map(place);
  const pixels = canvas.width - right - 50;
  if (data.kind === 'when') {
    const from = dayNumber(data.start);
    return dayAxis(canvas, from, Math.max(from + 7, ...places), pixels);
  }
  const steps = scale(0, Math.max(4, ...places), Math.max(3, Math.floor(pixels / 60)));
  return {
    min: 0,
    max: Math.max(4, ...places),
    ticks: steps.ticks
      .filter((at) => at <= Math.max(4, ...places))
      .map((at) => ({ at, label: canvas.words.number(at) })),
  };
}

function claimMarks(claim: Claim, data: Forecast, canvas: Canvas, plot: Plot): Mark[] {
  const { theme, words } = canvas;
  const at = claim.day ? dayNumber(claim.day) : (claim.count ?? undefined);
  if (at === undefined || at === null) return [];
  const colour = confidence(theme, claim.percent);
  const [x, y] = [plot.x(at), plot.y(claim.percent / 100)];
  const answer = claim.day ? shortDay(dayNumber(claim.day), words) : words.number(at, 0);
  const head = `${words.percentile(claim.percent)}  ${answer}`;
  const isWide = canvas.width > 520;
  const label = isWide ? `${head}  ${heldText(claim, words)}` : head;
  const isWhen = data.kind === 'when';
  return [
    line(x, y, x, plot.bottom, { colour, dash: [2, 2], z: 3 }),
    {
      type: 'circle',
      z: 5,
      silent: true,
      shape: { cx: x, cy: y, r: 4.5 },
      style: { fill: colour, stroke: theme.paper, lineWidth: 1.5 },
    },
    text(x + 9, y + (isWhen ? 11 : -9), label, {
      colour: claim.percent === 85 ? theme.ink : theme.muted,
      weight: claim.percent === 85 ? 600 : 400,
      size: 12,
      halo: theme.paper,
      z: 6,
    }),
  ];
}

/** `held in 31 of 38 past checks`. */
function heldText(claim: Claim, words: Words): string {
  const held = claim.held ?? undefined;
  return held === undefined || held.of === 0
    ? words.forecast.unchecked
    : words.forecast.held(held.count, held.of);
}

// How far forecasts have held: what was claimed, what came true on past checks, and what a plain method would have done.

import type { Chart, Datum } from './chart.ts';
import type { Calibration } from './data.ts';
import { box, frame, line, text, type Mark } from './frame.ts';

import { confidence, mix } from './theme.ts';

export const calibration: Chart<Calibration> = {
  name: 'calibration',
  question: (words) => words.calibration.question,
  option(data, canvas) {
    const { theme, words } = canvas;
    const { plot, draw } = frame(canvas, {
      question: this.question(words),
      summary: this.summary(data, words),
      unit: words.calibration.unit,
      key: [
        { label: words.calibration.claimKey, colour: theme.ink, shape: 'line' },
        { label: words.calibration.heldKey, colour: theme.accent, shape: 'dot' },
        { label: words.calibration.plainKey, colour: theme.muted, shape: 'ring' },
      ],
      x: {
        min: 0,
        max: Math.max(1, data.horizons.length),
        ticks: data.horizons.map((it, index) => ({
          at: index + 0.5,
          label: horizonLabel(canvas.width, it.days, data.horizons.length, words),
        })),
      },
      y: { min: 0, max: 1, ticks: [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: words.percent(at) })) },
    });
    const room = (plot.right - plot.left) / Math.max(1, data.horizons.length);
    const marks: Mark[] = [];
    const held: Datum[] = [];
    const plain: object[] = [];
    data.horizons.forEach((horizon, at) => {
      if (at > 0) marks.push(line(plot.x(at), plot.top, plot.x(at), plot.bottom, { colour: theme.grid }));
      horizon.claims.forEach((claim, index) => {
        const slot = (index + 0.75) / (horizon.claims.length + 0.5);
        const x = at + slot;
        const [px, reach] = [plot.x(x), (room / (horizon.claims.length + 0.5)) * 0.4];
        const colour = confidence(theme, claim.percent);
        const y = plot.y(claim.percent / 100);
        marks.push(line(px - reach, y, px + reach, y, { colour: theme.ink, width: 2, z: 1 }));
        if (claim.held.of === 0) return;
        const [low, high] = interval(claim.held.count, claim.held.of);
        marks.push(box(px - 2, plot.y(high), px + 2, plot.y(low), mix(colour, theme.paper, 0.6)));
        const share = claim.held.count / claim.held.of;
        held.push({
          value: [x, share],
          about: {
            head: `${words.calibration.claim(claim.percent)}, ${words.calibration.horizon(horizon.days)}`,
            lines: [
              words.calibration.held(words.percent(share), claim.held.count, claim.held.of),
              ...(claim.plain_held.of > 0
                ? [words.calibration.plain(words.percent(claim.plain_held.count / claim.plain_held.of))]
                : []),
            ],
          },
          itemStyle: { color: colour, borderColor: theme.paper, borderWidth: 1 },
        });
        if (claim.plain_held.of > 0) plain.push([x, claim.plain_held.count / claim.plain_held.of]);
        if (reach > 12) {
          marks.push(
            text(px, plot.bottom - 8, String(claim.percent), {
              colour: theme.muted,
              align: 'center',
              size: 10,
            }),
          );
        }
      });
    });
    const ring = { color: 'transparent', borderColor: theme.muted, borderWidth: 1.5 };
    return draw(
      [
        { type: 'scatter', symbolSize: 7, silent: true, itemStyle: ring, data: plain as number[][] },
        { type: 'scatter', symbolSize: 9, data: held },
      ],
      marks,
    );
  },
  table: (data, words) => ({
    columns: words.calibration.columns,
    rows: data.horizons.flatMap((horizon) =>
      horizon.claims.map((it) => [horizon.days, it.percent, it.held.count, it.held.of, it.plain_held.count]),
    ),
  }),
  summary(data, words) {
    if (data.too_few) return words.tooFew(data.too_few.n, data.too_few.need, data.too_few.of);
    const horizon = data.horizons.find((it) => it.days >= 30) ?? data.horizons[0];
    const claim = horizon?.claims.find((it) => it.percent === 85);
    if (horizon === undefined || claim === undefined || claim.held.of === 0) return words.none;
    return words.calibration.summary(words.percent(claim.held.count / claim.held.of), horizon.days);
  },
};

function horizonLabel(
  width: number,
  days: number,
  count: number,
  words: Parameters<typeof calibration.summary>[1],
): string {
  return width / Math.max(1, count) > 110 ? words.calibration.horizon(days) : words.perDay(days);
}

/** Wilson's interval of a share, at 90 %. */
function interval(count: number, of: number): [number, number] {
  const z = 1.645;
  const share = count / of;
  const centre = (share + (z * z) / (2 * of)) / (1 + (z * z) / of);
  const half = (z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))) / (1 + (z * z) / of);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

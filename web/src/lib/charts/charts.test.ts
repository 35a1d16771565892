// Every chart, drawn from the made-up team: the picture says what the data say, in every theme and at every size.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Canvas, Option, Table } from './chart.ts';
import { spoken, stops } from './chart.ts';
import * as fixtures from './fixtures.ts';
import { samples } from './fixtures.ts';
import { chartNamed, chartNames, type AnyChart } from './index.ts';
import { render } from './server.ts';
import { theme, themes, type Theme } from './theme.ts';
import { german } from './words/de.ts';
import { english } from './words/en.ts';

interface Drawn {
  chart: AnyChart;
  data: never;
}

function drawn(name: string): Drawn {
  const chart = chartNamed(name === 'forecast_how_many' ? 'forecast' : name);
  if (chart === undefined) throw new Error(`no chart ${name}`);
  return { chart, data: samples[name] as never };
}

function canvas(change: Partial<Canvas> = {}): Canvas {
  const size = { width: 640, height: 320 };
  return { theme: theme('light'), ...size, words: english, titled: true, annotations: [], ...change };
}

/** Every number and text in an option, wherever it stands. */
function leaves(value: unknown): (number | string)[] {
  if (typeof value === 'number' || typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(leaves);
}

function texts(option: Option): string[] {
  const graphic = (option.graphic ?? []) as { type: string; style?: { text?: string } }[];
  return graphic.flatMap((mark) => (mark.type === 'text' ? [mark.style?.text ?? ''] : []));
}

function series(option: Option): { type: string; data: unknown[] }[] {
  return option.series as { type: string; data: unknown[] }[];
}

test('there is made-up data for every chart', () => {
  expect(chartNames.filter((name) => !(name in samples))).toEqual([]);
});

describe.each(Object.keys(samples))('%s', (name) => {
  const { chart, data } = drawn(name);

  test('is drawn in German', () => {
    const option = chart.option(data, canvas({ words: german }));
    expect(leaves(option).every(isSound)).toBe(true);
    expect(chart.summary(data, german)).toMatch(/\.$/);
    expect(chart.summary(data, german)).not.toBe(chart.summary(data, english));
    expect(chart.table(data, german).rows).toHaveLength(chart.table(data, english).rows.length);
  });

  test('says the same as before', () => {
    const option = chart.option(data, canvas());
    const table = chart.table(data, english);
    expect({
      summary: chart.summary(data, english),
      texts: texts(option),
      series: series(option).map((it) => `${it.type}: ${it.data.length}`),
      table: [table.columns, ...table.rows.slice(0, 4)],
    }).toMatchSnapshot();
  });

  test.each(themes.map((it) => it.name))('draws in %s, at every size, without a hole', (themeName) => {
    for (const width of [280, 390, 640, 1280]) {
      const option = chart.option(data, canvas({ theme: theme(themeName), width, titled: width > 300 }));
      expect(leaves(option).filter((leaf) => !isSound(leaf))).toEqual([]);
    }
    const svg = render(chart.name, JSON.stringify(data), themeName, 640, 320);
    expect(svg).toMatch(/^<svg /);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  test('asks its question and speaks a sentence', () => {
    const option = chart.option(data, canvas());
    expect(texts(option)[0]).toMatch(/\?$/);
    expect(chart.summary(data, english)).toMatch(/\.$/);
  });

  test('lets the keyboard reach its points from left to right', () => {
    const found = stops(chart.option(data, canvas()));
    expect(found.length).toBeGreaterThan(0);
    expect(found.map((stop) => stop.x)).toEqual(found.map((stop) => stop.x).sort((a, b) => a - b));
    for (const stop of found) expect(spoken(stop.about).length).toBeGreaterThan(5);
  });

  test('keeps its labels inside the picture', () => {
    const option = chart.option(data, canvas());
    const graphic = option.graphic as { type: string; x: number; y: number }[];
    for (const mark of graphic.filter((it) => it.type === 'text')) {
      expect(mark.x).toBeGreaterThanOrEqual(-20);
      expect(mark.x).toBeLessThanOrEqual(640);
      expect(mark.y).toBeGreaterThanOrEqual(-4);
      expect(mark.y).toBeLessThanOrEqual(320);
    }
  });

  test('has a table without gaps in its columns', () => {
    const table: Table = chart.table(data, english);
    expect(table.rows.length).toBeGreaterThan(0);
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
  });
});

function isSound(leaf: number | string): boolean {
  return typeof leaf === 'number' ? Number.isFinite(leaf) : !/NaN|undefined|Infinity/.test(leaf);
}

describe('the table twin has the numbers of the picture', () => {
  test.each([
    ['throughput', 0, 1],
    ['cycle_time', 0, 3],
    ['cycle_time_histogram', 0, 1],
    ['wip', 0, 1],
    ['total_age', 0, 1],
    ['behaviour', 0, 1],
    ['blockers', 0, 1],
    ['flow_efficiency', 0, 2],
  ])('%s', (name, seriesIndex, column) => {
    const { chart, data } = drawn(name);
    const points = series(chart.option(data, canvas()))[seriesIndex]?.data as { value: number[] }[];
    const isLying = name === 'blockers' || name === 'flow_efficiency';
    const drawnValues = points.map((point) => point.value[isLying ? 0 : 1]);
    expect(chart.table(data, english).rows.map((row) => row[column])).toEqual(drawnValues);
  });
});

test('the period that is not over is hatched and stays out of the sentence', () => {
  const { chart, data } = drawn('throughput');
  const bars = series(chart.option(data, canvas()))[0]?.data as { itemStyle: { color: unknown } }[];
  expect(bars.at(-1)?.itemStyle.color).toHaveProperty('svgElement');
  expect(bars.at(0)?.itemStyle.color).toBeTypeOf('string');
  const whole = fixtures.throughput.periods.slice(0, -1).reduce((sum, it) => sum + it.delivered, 0);
  expect(chart.summary(data, english)).toContain(`${whole} items finished`);
});

test('a claim never stands without how far such claims have held', () => {
  const { chart, data } = drawn('forecast');
  const shown = texts(chart.option(data, canvas({ width: 800 })));
  expect(shown.filter((text) => text.includes('held in'))).toHaveLength(4);
  expect(shown.join()).toContain('held in 33 of 38 past checks');
});

test('too little data is a sentence', () => {
  const empty = { ...fixtures.forecastWhen, claims: [], curve: [], too_few: { n: 3, need: 8, of: 'weeks' } };
  const { chart } = drawn('forecast');
  expect(chart.summary(empty as never, english)).toBe('Too little data: 3 weeks, 8 are needed.');
  expect(texts(chart.option(empty as never, canvas())).join(' ')).toContain('8 are needed');
});

test('an empty window draws an empty frame, not an error', () => {
  const nothing: Record<string, unknown> = {
    throughput: { ...fixtures.throughput, periods: [], mean: null },
    cycle_time: { ...fixtures.cycleTime, points: [], n: 0, percentiles: [], sle: null, histogram: [] },
    cycle_time_histogram: {
      ...fixtures.cycleTime,
      points: [],
      n: 0,
      percentiles: [],
      sle: null,
      histogram: [],
    },
    aging: { ...fixtures.aging, items: [], stages: [], item_count: 0, sle_days: null },
    cumulative_flow: { ...fixtures.cumulativeFlow, days: [], stages: [] },
    wip: { ...fixtures.wip, days: [], wip: [], total_age_days: [], limit: null },
    flow_efficiency: { ...fixtures.efficiency, stages: [], ratio: null, state: 'no_data' },
    blockers: { ...fixtures.blockers, clusters: [], items: { count: 0, of: 0 } },
    flow_distribution: { ...fixtures.distribution, periods: [], types: [] },
    behaviour: { ...fixtures.behaviour, points: [], segments: [] },
    iterations: { iterations: [], velocity: [] },
    deployments: { ...fixtures.delivery, weeks: [] },
    calibration: { horizons: [], too_few: null },
    time_to_market: { ...fixtures.timeToMarket, stages: [], percentiles: [], deployment_wait: [], n: 0 },
  };
  for (const [name, data] of Object.entries(nothing)) {
    const svg = render(name, JSON.stringify(data), 'light', 400, 240);
    expect(svg, name).not.toMatch(/NaN|Infinity|undefined/);
  }
});

test('the same data give the same picture', () => {
  const draw = () => chartNamed('aging')?.option(fixtures.aging as never, canvas());
  expect(JSON.stringify(draw())).toBe(JSON.stringify(draw()));
});

// --- The colours are those of the style sheet. ---

const sheet = readFileSync(new URL('../ui/tokens.css', import.meta.url), 'utf8');

/** A token's light or dark half as linear red, green and blue, from 0 to 1. */
function token(name: string, half: 0 | 1): number[] {
  const value = new RegExp(`--${name}: (.*);`).exec(sheet)?.[1] ?? '';
  const reference = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
  if (reference !== undefined) return token(reference, half);
  const found = [...value.matchAll(/oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)/g)][half];
  const [l, c, h] = [Number(found?.[1]) / 100, Number(found?.[2]), (Number(found?.[3]) * Math.PI) / 180];
  const [a, b] = [c * Math.cos(h), c * Math.sin(h)];
  const [x, y, z] = [
    (l + 0.3963377774 * a + 0.2158037573 * b) ** 3,
    (l - 0.1055613458 * a - 0.0638541728 * b) ** 3,
    (l - 0.0894841775 * a - 1.291485548 * b) ** 3,
  ];
  return [
    4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z,
    -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z,
    -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z,
  ];
}

function bytes(linear: number[]): number[] {
  return linear.map((value) => {
    const clamped = Math.min(1, Math.max(0, value));
    return 255 * (clamped <= 0.0031308 ? clamped * 12.92 : 1.055 * clamped ** (1 / 2.4) - 0.055);
  });
}

function hex(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('the %s theme', (name, half) => {
  const colours: Theme = theme(name);
  const pairs: [string, string][] = [
    ['paper', colours.paper],
    ['ink', colours.ink],
    ['muted', colours.muted],
    ['accent', colours.accent],
    ['good', colours.good],
    ['watch', colours.watch],
    ['bad', colours.bad],
    ...colours.data.map((colour, index): [string, string] => [`data-${index + 1}`, colour]),
  ];

  test.each(pairs)('has the colour of --%s', (tokenName, colour) => {
    const difference = bytes(token(tokenName, half)).map((value, index) =>
      Math.abs(value - (hex(colour)[index] ?? 0)),
    );
    // The tokens are rounded; three steps of 255 cannot be seen.
    expect(Math.max(...difference)).toBeLessThan(4);
  });
});

/** What eyes without one kind of cones see of linear red, green and blue (Machado, Oliveira and Fernandes, 2009). */
const EYES: Record<string, number[][]> = {
  'without red': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'without green': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  'without blue': [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Lightness and the two opponents of OKLab: distances in it are about those that people see. */
function perceived([r = 0, g = 0, b = 0]: number[]): number[] {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

describe.each(Object.entries(EYES))('for eyes %s', (_, eyes) => {
  test.each([
    ['light', 0],
    ['dark', 1],
  ] as const)('neighbours of the %s palette stay apart', (_theme, half) => {
    const seen = [1, 2, 3, 4, 5, 6, 7, 8].map((index) => {
      const colour = token(`data-${index}`, half);
      const mixed = eyes.map((row) => row.reduce((sum, part, at) => sum + part * (colour[at] ?? 0), 0));
      return perceived(mixed.map((value) => Math.min(1, Math.max(0, value))));
    });
    const gaps = seen.slice(1).map((colour, at) => {
      const before = seen[at] ?? [];
      return Math.hypot(...colour.map((value, part) => value - (before[part] ?? 0)));
    });
    // A step of 0.02 can just be seen side by side.
    expect(Math.min(...gaps)).toBeGreaterThan(0.04);
  });
});

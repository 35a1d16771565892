// Made-up data for the tests and the picture gallery: a small simulated team, the same on every run.

import type {
  Aging,
  Behaviour,
  Blockers,
  BurnDown,
  Calibration,
  CumulativeFlow,
  CycleTime,
  CycleTimePoint,
  Delivery,
  Distribution,
  Efficiency,
  Forecast,
  Iterations,
  Percentile,
  Throughput,
  TimeToMarket,
  Window,
  Wip,
} from './data.ts';
import type { BurnUpWithForecast } from './burn.ts';
import { dayNumber, isoDay } from './day.ts';

/** A linear congruential generator: poor, but the same everywhere. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

const FROM = dayNumber('2026-05-28');
const TO = dayNumber('2026-11-24');
const window: Window = { from: isoDay(FROM), to: isoDay(TO), today: isoDay(TO) };
const TITLES = [
  'Refund by bank transfer',
  'Login fails after reset',
  'Split the ledger table',
  'Export for the auditors',
];
const TYPES = ['feature', 'feature', 'defect', 'debt', 'risk'];

const points: CycleTimePoint[] = (() => {
  const next = random(7);
  return Array.from({ length: 240 }, (_, index) => ({
    id: `item-${index}`,
    label: `PAY-${index + 1}`,
    title: TITLES[index % TITLES.length] ?? '',
    finished_on: isoDay(FROM + Math.floor((index / 240) * (TO - FROM))),
    days: Math.max(1, Math.round(Math.exp(1.5 + (next() + next() + next() - 1.5) * 1.5))),
    work_type: TYPES[Math.floor(next() * TYPES.length)] ?? 'feature',
  }));
})();

function percentiles(values: readonly number[], wanted = [50, 70, 85, 95]): Percentile[] {
  const sorted = [...values].sort((a, b) => a - b);
  return wanted.map((percent) => ({
    percent,
    value: sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? 0,
  }));
}

export const cycleTime: CycleTime = {
  window,
  points,
  n: points.length,
  percentiles: percentiles(points.map((point) => point.days)),
  sle: { percent: 85, days: 14, is_set: true, held: { count: 212, of: 240 } },
  histogram: Array.from(
    { length: 30 },
    (_, bin) => points.filter((point) => (bin === 29 ? point.days >= 30 : point.days === bin + 1)).length,
  ),
  never_started: { count: 12, of: 252 },
};

export const throughput: Throughput = (() => {
  const next = random(11);
  const first = FROM - ((FROM + 3) % 7);
  const count = Math.floor((TO - first) / 7) + 1;
  const periods = Array.from({ length: count }, (_, index) => ({
    start: isoDay(first + index * 7),
    delivered: index === count - 1 ? 2 : Math.round(4 + next() * 8),
    cancelled: Math.round(next() * 2),
    started: index === count - 1 ? 3 : Math.round(4 + next() * 9),
    created: Math.round(5 + next() * 8),
    is_partial: index === count - 1,
  }));
  const whole = periods.filter((period) => !period.is_partial);
  const mean = whole.reduce((sum, period) => sum + period.delivered, 0) / whole.length;
  return { window, bucket: 'week', periods, mean };
})();

export const aging: Aging = (() => {
  const next = random(5);
  const stages = [
    { name: 'Analysis', category: 'active', pace: [3, 4, 6, 9] },
    { name: 'Ready for work', category: 'waiting', pace: [4, 6, 9, 13] },
    { name: 'Development', category: 'active', pace: [6, 9, 13, 19] },
    { name: 'Review', category: 'waiting', pace: [7, 10, 15, 22] },
    { name: 'Test', category: 'active', pace: [8, 12, 17, 26] },
  ];
  const items = Array.from({ length: 27 }, (_, index) => {
    const stage = stages[Math.floor(next() * next() * 5 + 1) % 5];
    const age = Math.max(1, Math.round(((stage?.pace[1] ?? 5) * next() * 2.2) ** 1.05));
    return {
      id: `open-${index}`,
      label: `PAY-${300 + index}`,
      title: TITLES[index % TITLES.length] ?? '',
      stage: stage?.name ?? '',
      age_days: age,
      stage_days: Math.ceil(age / 2),
      is_blocked: index % 9 === 3,
      is_stalled: index % 7 === 2,
      work_type: 'feature',
    };
  }).sort((a, b) => b.age_days - a.age_days);
  return {
    today: window.today,
    stages: stages.map(({ pace, ...stage }) => ({
      ...stage,
      pace: [50, 70, 85, 95].map((percent, index) => ({ percent, value: pace[index] ?? 0 })),
    })),
    items,
    item_count: items.length,
    sle_days: 14,
  };
})();

const DAYS = Array.from({ length: TO - FROM + 1 }, (_, index) => isoDay(FROM + index));

export const cumulativeFlow: CumulativeFlow = (() => {
  const next = random(3);
  const names = ['Backlog', 'Analysis', 'Development', 'Review', 'Test', 'Done'];
  const categories = ['todo', 'active', 'active', 'waiting', 'active', 'done'];
  const reached = names.map(() => [] as number[]);
  const counts = [240, 222, 214, 208, 204, 198];
  for (let day = 0; day < DAYS.length; day += 1) {
    for (let stage = 0; stage < counts.length; stage += 1) {
      const room = stage === 0 ? 9 : (counts[stage - 1] ?? 0) - (counts[stage] ?? 0);
      const step = Math.min(room, day % 7 > 4 ? 0 : Math.round(next() * (stage === 0 ? 3.6 : 3.2)));
      counts[stage] = (counts[stage] ?? 0) + step;
      reached[stage]?.push(counts[stage] ?? 0);
    }
  }
  const stages = names.map((name, at) => ({
    name,
    category: categories[at] ?? 'active',
    reached: reached[at] ?? [],
  }));
  return {
    window,
    days: DAYS,
    stages: stages.reverse(),
    approximate_cycle_time_days: 11.4,
    flow_debt_days: 2.1,
  };
})();

export const wip: Wip = (() => {
  const next = random(13);
  let count = 18;
  let age = 140;
  const counts: number[] = [];
  const ages: number[] = [];
  for (let day = 0; day < DAYS.length; day += 1) {
    const step = Math.round((next() - 0.48) * 5);
    count = Math.max(6, Math.min(34, count + step));
    age = Math.max(40, age + count - Math.round(next() * 2 * count));
    counts.push(count);
    ages.push(age);
  }
  return { window, days: DAYS, wip: counts, total_age_days: ages, limit: 24 };
})();

export const efficiency: Efficiency = {
  window,
  ratio: 0.41,
  ratio_less_blocked: 0.36,
  state: 'ok',
  n: 240,
  stages: [
    {
      name: 'Analysis',
      category: 'active',
      total_days: 310.4,
      percentiles: percentiles([1, 2, 3, 4], [50, 85]),
    },
    {
      name: 'Ready for work',
      category: 'waiting',
      total_days: 612.9,
      percentiles: percentiles([2, 3, 6, 9], [50, 85]),
    },
    {
      name: 'Development',
      category: 'active',
      total_days: 702.2,
      percentiles: percentiles([2, 4, 6, 8], [50, 85]),
    },
    {
      name: 'Review',
      category: 'waiting',
      total_days: 488.1,
      percentiles: percentiles([1, 2, 4, 7], [50, 85]),
    },
    { name: 'Test', category: 'active', total_days: 201.7, percentiles: percentiles([1, 1, 2, 3], [50, 85]) },
  ],
};

export const blockers: Blockers = {
  window,
  total_days: 214.5,
  items: { count: 31, of: 267 },
  clusters: [
    { cause: 'Waiting for the payment provider', days: 96.5, items: 9, teams: 1 },
    { cause: 'link', days: 61, items: 12, teams: 3 },
    { cause: 'Test environment', days: 38, items: 7, teams: 2 },
    { cause: 'Decision', days: 19, items: 3, teams: 1 },
  ],
};

export const distribution: Distribution = {
  window,
  periods: ['2026-06-01', '2026-07-01', '2026-08-01', '2026-09-01', '2026-10-01', '2026-11-01'],
  types: [
    { work_type: 'feature', delivered: [21, 19, 24, 18, 16, 12], in_progress: 11 },
    { work_type: 'defect', delivered: [8, 10, 7, 13, 15, 11], in_progress: 8 },
    { work_type: 'debt', delivered: [4, 5, 6, 4, 3, 2], in_progress: 4 },
    { work_type: 'risk', delivered: [2, 1, 2, 2, 1, 2], in_progress: 2 },
    { work_type: 'unmapped', delivered: [1, 0, 2, 1, 2, 1], in_progress: 2 },
  ],
};

export const behaviour: Behaviour = {
  window,
  measure: 'throughput',
  scale: 'square_root',
  points: throughput.periods.map((period, index) => ({
    day: period.start,
    value: index === 9 ? 19 : index > 16 && !period.is_partial ? period.delivered + 5 : period.delivered,
    item: null,
    signals: index === 9 ? ['outside'] : index > 19 && !period.is_partial ? ['eight_in_a_row'] : [],
    is_partial: period.is_partial,
  })),
  segments: [
    { first: 0, last: 16, centre: 8.1, upper: 16.2, lower: 1.7 },
    { first: 17, last: throughput.periods.length - 1, centre: 12.8, upper: 20.1, lower: 6.3 },
  ],
  too_few: null,
};

const HELD = [
  { percent: 50, held: { count: 20, of: 38 } },
  { percent: 70, held: { count: 27, of: 38 } },
  { percent: 85, held: { count: 33, of: 38 } },
  { percent: 95, held: { count: 37, of: 38 } },
];

function atLeast(values: readonly { x: number; p: number }[], percent: number): number {
  return values.find((it) => it.p >= percent / 100)?.x ?? values.at(-1)?.x ?? 0;
}

export const forecastWhen: Forecast = (() => {
  const curve = Array.from({ length: 70 }, (_, index) => ({
    x: TO + index,
    p: Math.min(0.95, 1 / (1 + Math.exp(-(index - 26) / 6))),
  }));
  return {
    kind: 'when',
    remaining: 42,
    target_probability: null,
    start: isoDay(TO),
    too_few: null,
    claims: HELD.map((claim) => ({ ...claim, day: isoDay(atLeast(curve, claim.percent)), count: null })),
    curve: curve.map(({ x, p }) => ({ day: isoDay(x), count: null, probability: p })),
  };
})();

export const forecastHowMany: Forecast = (() => {
  const curve = Array.from({ length: 61 }, (_, count) => ({
    count,
    probability: count === 0 ? 1 : 1 - 1 / (1 + Math.exp(-(count - 31) / 5)),
  }));
  const most = (percent: number) => curve.findLast((it) => it.probability >= percent / 100)?.count ?? 0;
  return {
    kind: 'how_many',
    remaining: null,
    target_probability: null,
    start: isoDay(TO),
    too_few: null,
    claims: HELD.map((claim) => ({ ...claim, day: null, count: most(claim.percent) })),
    curve: curve.map((it) => ({ ...it, day: null })),
  };
})();

export const burnUp: BurnUpWithForecast = {
  burn_up: {
    window,
    days: DAYS,
    scope: DAYS.map((_, index) => 120 + Math.floor(index / 18) * 3),
    done: DAYS.map((_, index) => Math.floor(index * 0.6)),
  },
  forecast: forecastWhen,
};

export const calibration: Calibration = {
  too_few: null,
  horizons: [14, 30, 60, 90].map((days, at) => ({
    days,
    loss_ratio: 0.88,
    claims: [50, 70, 85, 95].map((percent, index) => ({
      percent,
      held: { count: Math.round(((percent + ([3, 1, 2, -1][at] ?? 0) - index) / 100) * 38), of: 38 },
      plain_held: { count: Math.round(((percent - 6 - at * 6) / 100) * 38), of: 38 },
    })),
  })),
};

export const delivery: Delivery = (() => {
  const next = random(17);
  return {
    window,
    weeks: throughput.periods.map((period) => {
      const deployments = Math.round(next() * 9);
      return {
        start: period.start,
        deployments,
        failures: Math.min(deployments, Math.round(next() * next() * 3)),
        lead_time_hours: deployments === 0 ? null : Math.round(8 + next() * next() * 160),
      };
    }),
  };
})();

const NO_SUMS = { committed: 0, added: 0, removed: 0, completed: 0 };

export const iterations: Iterations = (() => {
  const next = random(19);
  return {
    velocity: percentiles([24, 28, 31, 33, 36, 30, 27], [15, 50, 85]),
    iterations: Array.from({ length: 10 }, (_, index) => {
      const committed = Math.round(28 + next() * 14);
      const sums = {
        committed,
        added: Math.round(next() * 9),
        removed: Math.round(next() * 6),
        completed: index === 0 ? 9 : Math.round(committed * (0.65 + next() * 0.4)),
      };
      return {
        name: `Kestrel Sprint ${42 - index}`,
        is_closed: index > 0,
        starts_on: isoDay(TO - 8 - index * 14),
        ends_on: isoDay(TO + 5 - index * 14),
        items: sums,
        estimate: sums,
      };
    }),
  };
})();

const [currentIteration] = iterations.iterations;

export const burnDown: BurnDown = {
  iteration: currentIteration ?? { name: '', is_closed: false, items: NO_SUMS, estimate: NO_SUMS },
  days: Array.from({ length: 9 }, (_, index) => isoDay(TO - 8 + index)),
  remaining: [38, 38, 35, 32, 32, 32, 30, 27, 24],
  scope: [38, 38, 38, 40, 40, 40, 42, 42, 42],
  unit: 'estimate',
};

export const timeToMarket: TimeToMarket = {
  window,
  n: 240,
  percentiles: [
    { percent: 50, value: 31 },
    { percent: 70, value: 48 },
    { percent: 85, value: 77 },
    { percent: 95, value: 140 },
  ],
  stages: [
    {
      name: 'Backlog',
      category: 'todo',
      total_days: 5200,
      percentiles: [
        { percent: 50, value: 18 },
        { percent: 85, value: 52 },
      ],
    },
    ...efficiency.stages,
  ],
  deployment_wait: [
    { percent: 50, value: 2.5 },
    { percent: 85, value: 6 },
  ],
};

/** One set of data for every chart, by the chart's name. */
export const samples: Record<string, unknown> = {
  aging,
  behaviour,
  blockers,
  burn_down: burnDown,
  burn_up: burnUp,
  calibration,
  change_failures: delivery,
  cumulative_flow: cumulativeFlow,
  cycle_time: cycleTime,
  cycle_time_histogram: cycleTime,
  deployments: delivery,
  flow_distribution: distribution,
  flow_efficiency: efficiency,
  forecast: forecastWhen,
  forecast_how_many: forecastHowMany,
  iterations,
  lead_time_for_changes: delivery,
  throughput,
  time_to_market: timeToMarket,
  total_age: wip,
  wip,
};

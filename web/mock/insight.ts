// Answers of the insight wing for the mock server: the simulated team of the chart fixtures, told as several teams.

import * as charts from '../src/lib/charts/fixtures.ts';

const TEAMS = ['Kestrel', 'Heron', 'Swift', 'Wren', 'Osprey', 'Plover'];

const unitRef = (name: string, kind = 'team') => ({
  id: `unit-${name.toLowerCase()}`,
  key: name.toLowerCase(),
  name,
  kind,
});

const item = (index: number, title: string) => ({ id: `open-${index}`, label: `PAY-${300 + index}`, title });

/** Twelve weeks that wander. */
function history(start: number, step: number, seed: number): (number | null)[] {
  return Array.from({ length: 12 }, (_, week) =>
    Math.max(0, start + step * week + Math.sin(week * 1.7 + seed) * start * 0.18),
  );
}

function signal(index: number, kind: string, level: string, team = 'Kestrel') {
  return {
    id: `${kind}-${team}-${index}`,
    kind,
    level,
    unit: unitRef(team),
    items:
      kind.includes('wip') || kind === 'throughput_shift'
        ? []
        : [item(index, 'Refund by bank transfer'), item(index + 1, 'Export for the auditors')],
    item_count: kind.includes('wip') || kind === 'throughput_shift' ? 0 : 5,
    evidence:
      kind === 'wip_growth'
        ? [
            { name: 'arrived', value: 41, unit: 'items' },
            { name: 'departed', value: 29, unit: 'items' },
          ]
        : [
            { name: 'age_days', value: 23 + index, unit: 'days' },
            { name: 'expected_days', value: 14, unit: 'days' },
          ],
    rule: 'An item in progress is older than the service-level expectation of 14 days.',
    hit_rate: level === 'bad' ? { count: 14, of: 19 } : null,
    hit_means: 'Right means that the item took longer than 85 % of all items when it was finished.',
    next_step: 'Talk about the oldest item first: finish it, split it, or stop it.',
  };
}

const signals = [
  signal(1, 'age_beyond_sle', 'bad'),
  signal(2, 'blocked', 'bad', 'Heron'),
  signal(3, 'wip_growth', 'watch'),
  signal(4, 'slow_in_stage', 'watch', 'Swift'),
  signal(5, 'stalled', 'watch'),
  signal(6, 'scope_growth', 'watch', 'Wren'),
  signal(7, 'unpredictable', 'watch', 'Osprey'),
];

const figures = [
  {
    measure: 'throughput',
    value: 7.2,
    unit: 'items_per_week',
    previous: 6.4,
    better: 'up',
    history: history(6, 0.1, 1),
    statistic: 'mean',
  },
  {
    measure: 'cycle_time',
    value: 9,
    unit: 'days',
    previous: 9,
    better: 'down',
    history: history(9, 0, 2),
    statistic: 'p85',
  },
  {
    measure: 'wip',
    value: 27,
    unit: 'items',
    previous: 22,
    better: 'down',
    history: history(20, 0.5, 3),
    statistic: 'now',
  },
  {
    measure: 'work_item_age',
    value: 31,
    unit: 'days',
    previous: null,
    better: 'down',
    history: history(18, 1, 4),
    statistic: 'max',
    item: item(0, 'Split the ledger table'),
  },
].map((figure) => ({ too_few: null, item: null, ...figure }));

const overview = {
  window: { ...charts.cycleTime.window, work_type: null },
  data: {
    items: 612,
    delivered: 392,
    in_progress: 27,
    first_day: '2024-11-25',
    last_day: '2026-11-24',
    teams: 1,
    has_deployments: true,
    has_iterations: true,
  },
  figures,
  signals: signals.slice(0, 5),
  signal_count: 7,
  never_started: { count: 12, of: 252 },
};

const MEASURES = ['throughput', 'cycle_time', 'wip', 'work_item_age', 'flow_efficiency', 'forecast'];
const UNITS = ['items_per_week', 'days', 'items', 'days', 'share', 'share'];
const VALUES = [7.2, 9, 27, 31, 0.41, 0.87];

const heatMap = {
  window: overview.window,
  measures: MEASURES,
  rows: TEAMS.map((team, at) => ({
    unit: unitRef(team),
    path: [unitRef('Payments', 'program')],
    bad_signals: Math.max(0, 2 - at),
    watch_signals: [2, 1, 2, 1, 0, 0][at] ?? 0,
    top_signal: at < 4 ? (signals[at] ?? null) : null,
    cells: MEASURES.map((measure, column) => ({
      measure,
      value:
        at === 5 && column > 3
          ? null
          : (VALUES[column] ?? 0) * (1 + ((at * 7 + column * 3) % 5) * 0.12 - 0.2),
      unit: UNITS[column] ?? 'items',
      trend:
        at === 5 && column > 3
          ? 'unknown'
          : (['steady', 'worse', 'better', 'steady', 'steady'][(at * 2 + column) % 5] ?? 'steady'),
      signal: at === 0 && column === 3 ? 'bad' : at < 3 && column === 2 ? 'watch' : 'none',
      history: history(VALUES[column] ?? 1, 0, at + column),
    })),
  })),
};

const aging = {
  ...charts.aging,
  items: charts.aging.items.map((it) => ({ ...it, unit: unitRef('Kestrel') })),
};

const method = [
  'Weeks of the last half year were drawn at random, with their zeros, together with the rate that lies behind them.',
  'The claims were then moved so that they held as stated in the past of this team and of teams like it.',
];

function forecast(body: { until?: string }) {
  const base = body.until === undefined ? charts.forecastWhen : charts.forecastHowMany;
  return {
    ...base,
    teams: TEAMS.slice(0, 3).map((team, at) => ({
      unit: unitRef(team),
      remaining: 14 + at * 3,
      day_85: base.claims[2]?.day ?? null,
      is_last: [0.52, 0.31, 0.17][at] ?? 0,
      too_few: null,
    })),
    seed: 1,
    trials: 10000,
    method,
    loss_ratio: 0.87,
  };
}

const answers: Record<string, unknown> = {
  overview,
  signals: { signals, truncated: false },
  throughput: charts.throughput,
  'cycle-time': {
    ...charts.cycleTime,
    rule: 'From the last start before the finish to the last finish, in calendar days, both counted.',
  },
  aging,
  'cumulative-flow': charts.cumulativeFlow,
  wip: charts.wip,
  efficiency: charts.efficiency,
  blockers: { ...charts.blockers, blocked_now: aging.items.filter((it) => it.is_blocked) },
  distribution: charts.distribution,
  behaviour: charts.behaviour,
  'time-to-market': {
    ...charts.timeToMarket,
    adaptability: [
      { percent: 50, value: 4 },
      { percent: 85, value: 19 },
    ],
    adaptability_n: 63,
  },
  delivery: {
    ...charts.delivery,
    measures: [
      {
        measure: 'deployment_frequency',
        value: 4.3,
        unit: 'per_week',
        level: 'high',
        n: 112,
        too_few: null,
        variant: 'Successful deployments to production.',
      },
      {
        measure: 'lead_time_for_changes',
        value: 39,
        unit: 'hours',
        level: 'high',
        n: 540,
        too_few: null,
        variant: 'From commit to deployment, median.',
      },
      {
        measure: 'change_fail_rate',
        value: 0.09,
        unit: 'share',
        level: 'high',
        n: 112,
        too_few: null,
        variant: 'Deployments that caused a failure.',
      },
      {
        measure: 'failed_deployment_recovery_time',
        value: null,
        unit: 'hours',
        level: null,
        n: 3,
        too_few: { n: 3, need: 5, of: 'deployments' },
        variant: 'From the failed deployment to its repair.',
      },
    ],
    bucket_version: '2023',
    is_proxy: true,
  },
  iterations: {
    ...charts.iterations,
    iterations: charts.iterations.iterations.map((it, at) => {
      const more = {
        estimate_change: 0,
        completed_of_committed: it.estimate.completed,
        remaining: Math.max(0, it.estimate.committed - it.estimate.completed),
      };
      return {
        ...it,
        id: `iteration-${at}`,
        unit: unitRef('Kestrel'),
        items: { ...it.items, ...more },
        estimate: { ...it.estimate, ...more },
        unestimated: 0,
        say_do: at === 0 ? null : it.estimate.completed / it.estimate.committed,
      };
    }),
    say_do: 0.81,
    too_few: null,
  },
  'burn-up': charts.burnUp.burn_up,
  calibration: {
    ...charts.calibration,
    method:
      'At 38 days in the past, a forecast was made with what was known then and compared with what came.',
  },
  'heat-map': heatMap,
  changes: {
    since: '2026-11-17T00:00:00Z',
    started: 9,
    delivered: 7,
    created: 12,
    blocked: 2,
    delivered_items: [item(3, 'Export for the auditors')],
    new_signals: signals.slice(0, 1),
  },
};

/** The answer to a request of this wing; nothing when it belongs to another. */
export function answerInsight(path: string, body: unknown): unknown {
  const unit = /^\/api\/v1\/units\/[^/]+\/([a-z-]+)$/.exec(path)?.[1];
  if (unit === 'forecast') return forecast((body ?? {}) as { until?: string });
  if (unit !== undefined && unit in answers) return answers[unit];
  if (/^\/api\/v1\/units\/[^/]+\/iterations\/[^/]+\/burn-down$/.test(path)) return charts.burnDown;
  return undefined;
}

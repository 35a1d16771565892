// The pages of a unit: figures, charts, filters, signals, forecasts, explanations.

import { byName } from '../catalogue.ts';
import { count as counted, formatNumber as number } from '../format.ts';

export const insight = {
  chart: {
    showTable: 'Show table',
    showChart: 'Show chart',
    keys: (question: string) =>
      `${question} Use the arrow keys to move between points and Enter to open one.`,
    loading: 'Loading',
    again: 'Try again',
    more: (left: number) => `${counted(left, 'row', 'rows')} more; download the data to see all.`,
  },
  filters: {
    workType: 'Type',
    all: 'All types',
    week: 'By week',
    month: 'By month',
    day: 'By day',
    bucket: 'Periods',
    reset: 'Reset',
  },
  workTypes: byName({
    feature: 'Features',
    defect: 'Defects',
    debt: 'Debt',
    risk: 'Risk',
    unmapped: 'Unmapped',
  }),

  signal: {
    kinds: byName({
      age_beyond_sle: 'Older than expected',
      slow_in_stage: 'Slow in its stage',
      blocked: 'Blocked',
      stalled: 'Nothing has happened for days',
      throughput_shift: 'Fewer items are finished',
      wip_growth: 'More is started than finished',
      wip_over_limit: 'Work in progress is over the limit',
      age_growth: 'The age of work grows',
      scope_growth: 'Scope grows faster than it is finished',
      dependency_risk: 'Waits for another team',
      forecast_risk: 'A date is unlikely',
      unpredictable: 'Forecasts have not held',
      overcommitted_iteration: 'More committed than is usually finished',
      stale_data: 'No new data',
    }),
    right: (count: number, of: number) => `Right in ${number(count)} of ${number(of)} past cases`,
    /** How often it came true where the rule said nothing: without it the first number misleads. */
    otherwise: (count: number, of: number) =>
      `without a signal the same came true in ${number(count)} of ${number(of)}`,
    also: 'also',
    next: 'Next step',
    more: (count: number) => `and ${number(count)} more`,
    others: (n: number) => `and ${counted(n, 'other', 'others')}`,
    none: 'Nothing needs attention now.',
    noneText:
      'A signal appears here when an item grows older than most, when work piles up, or when a date becomes unlikely, each with its evidence and a next step.',
    all: (count: number) => `All ${number(count)} signals`,
    truncated: 'More signals were found than are shown. Look at one team to see all of its own.',
  },

  explain: {
    /** What opens the explanation of a measure. */
    open: (what: string) => `How “${what}” is measured`,
    eyebrow: 'How this is measured',
    inputs: 'What went in',
    items: 'Items behind it',
    itemsShown: (shown: number, all: number) =>
      shown < all
        ? `The first ${number(shown)} of ${counted(all, 'item', 'items')}.`
        : `${counted(all, 'item', 'items')}.`,
    noItems: 'No items are behind it.',
    definition: 'Definition',
    failed: 'The explanation could not be loaded',
  },
  change: {
    same: 'As in the period before',
    up: (percent: string) => `${percent} up on the period before`,
    down: (percent: string) => `${percent} down on the period before`,
  },

  figures: 'Key figures',
  neverStarted: (count: number, of: number) =>
    `${number(count)} of ${counted(of, 'finished item was', 'finished items were')} never in progress: they count in throughput and stay out of cycle times.`,
  attention: 'What needs attention',
  aging: 'What is growing old, and where?',
  forecastStrip: {
    heading: 'Forecast',
    until: 'How many items until',
    howMany: (count: number) => `${number(count)} or more`,
    when: 'When are this many done',
    by: (day: string) => `by ${day}`,
    sure: (percent: number) => `${percent} %`,
    more: 'More in the forecast',
  },
  held: (count: number, of: number) => `held in ${number(count)} of ${number(of)} past checks`,
  unchecked: 'no past checks yet',

  forecast: {
    question: 'Question',
    when: 'When?',
    whenDone: (count: number) => `When will ${counted(count, 'item', 'items')} be done?`,
    howManyDone: (day: string) => `How many items will be done by ${day}?`,
    howMany: 'How many?',
    what: 'Of what',
    count: 'A number of items',
    matching: 'Open items with a label or parent',
    countLabel: 'Items left',
    matchingLabel: 'Label or parent',
    until: 'Until',
    target: 'Target day (optional)',
    split: 'Items may split',
    splitLow: 'Into at least',
    splitHigh: 'Into at most',
    splitHint: 'How many items one of today’s items becomes by the time it is done; 1 means none splits.',
    run: 'Forecast',
    targetWord: 'Chance of the target day',
    method: 'How this was made',
    teams: 'Teams in this forecast',
    team: 'Team',
    left: 'Items left',
    day85: 'Done with 85 %',
    last: 'Last to finish',
    lastHint: 'share of trials in which this team was the last',
    better: (percent: string) => `Past forecasts were off by ${percent} less than those of the plain method.`,
    worse: (percent: string) => `Past forecasts were off by ${percent} more than those of the plain method.`,
    calibration: 'Have our forecasts held?',
    seed: (seed: number, trials: number) =>
      `Seed ${seed}, ${number(trials)} trials; the same seed and data give the same answer.`,
    burnUp: 'Scope and done',
  },

  heat: {
    heading: 'Teams',
    caption: 'Teams by measure: the change against each team’s own past, and signals',
    hint: 'Sorted by attention needed. Each team is compared with its own past only.',
    team: 'Team',
    signals: 'Signals',
    /** Where the map counts something else than the measure is named after. */
    measures: byName({ blocked_time: 'Blocked now' }),
    trends: byName({
      better: 'better',
      worse: 'worse',
      steady: 'steady',
    }),
    bad: (count: number) => `${number(count)} to act on`,
    watch: (count: number) => `${number(count)} to watch`,
    quiet: 'quiet',
    showAll: (count: number) => `Show all ${number(count)} teams`,
    empty: 'There is no team below this unit yet. Import the work of a team, or move one here.',
  },

  changes: {
    heading: (days: number) => `The last ${days} days`,
    started: (count: number) => `${number(count)} started`,
    delivered: (count: number) => `${number(count)} finished`,
    created: (count: number) => `${number(count)} created`,
    blocked: (count: number) => `${number(count)} became blocked`,
  },

  pages: {
    'cycle-time': 'Cycle time',
    wip: 'Work in progress',
    'cumulative-flow': 'Cumulative flow',
    throughput: 'Throughput',
    behaviour: 'Behaviour',
    forecast: 'Forecast',
    'time-to-market': 'Time to market',
    delivery: 'Delivery',
    iterations: 'Iterations',
    signals: 'Signals',
    efficiency: 'Flow efficiency',
    blockers: 'Blockers',
    distribution: 'Distribution',
  },
  answers: {
    team: 'How work flows here, what will be done when, and what needs attention.',
    unit: 'Where attention is needed below this unit, and what will be done when.',
    'cycle-time': 'How long items take from start to finish, and whether that is what people expect.',
    wip: 'How much is in progress at once, and how old it is getting.',
    'cumulative-flow': 'Whether work flows through all stages or piles up in one.',
    throughput: 'How many items are finished, started and left in each period.',
    behaviour: 'Which changes mean something, and which are ordinary variation.',
    forecast: 'When a set of items will be done, or how many by a day, and how far such claims have held.',
    'time-to-market': 'How long an idea takes until it is done and deployed, stage by stage.',
    delivery: 'How often and how safely changes reach production.',
    iterations: 'What was committed, what came and went, and what was completed.',
    signals: 'What needs attention, by rule, with evidence and how often the rule was right.',
    efficiency: 'How much of the time items are worked on, and where they wait.',
    blockers: 'What blocks the work, for how long, and what is blocked now.',
    distribution: 'What kind of work is finished and in progress.',
  },
  empty: {
    finished:
      'No item with a known start was finished in this period. Look at a longer period, or check in the workflow which states mean that work has begun.',
    throughput: 'No item was finished in this period. Look at a longer period or another type.',
    progress: 'Nothing is in progress. An item appears here when it enters a stage of work.',
    flow: 'There is no movement between stages in this period. Look at a longer period.',
    blockers:
      'Nothing was blocked in this period. Blocked time comes from flags, states, labels or links; the mapping says which.',
    deployments:
      'There are no deployments. Import a git repository or the releases of a tracker, and the delivery measures appear here.',
    iterations:
      'There are no iterations. When the tracker’s data carry sprints, they appear here after the next import.',
    efficiency:
      'No stage is marked as waiting, so working and waiting time cannot be told apart. Mark the stages in which items only wait in the workflow.',
    data: 'There is no data for this unit yet',
    dataText: 'Import the history of a tracker, and this page answers:',
    willBe: {
      watch: 'What needs attention now, with evidence and a next step',
      forecast: 'What will be done when, and how often such forecasts held',
      columns: 'What is growing old, and in which stage',
      scatter: 'How long items take, and where work piles up',
    },
    import: 'Import a history',
  },
  cycleTime: {
    sle: 'Service-level expectation',
    sleText: (percent: number, days: number) =>
      `${percent} % of items within ${counted(days, 'day', 'days')}`,
    sleSet: 'set by the team',
    sleComputed: 'computed from the time before this period',
    sleHeld: (count: number, of: number) => `held for ${number(count)} of ${number(of)} items`,
    rule: 'How it is counted',
    n: (count: number) => counted(count, 'item', 'items'),
  },
  efficiency: {
    ratio: 'Working time as a share of working and waiting time',
    bound: 'At most: nights, weekends and other work count as working.',
    lessBlocked: (value: string) => `${value} with blocked time counted as waiting`,
  },
  blockers: {
    now: 'Blocked now',
    total: (days: string, count: number, of: number) =>
      `${days} of blocked time; ${number(count)} of ${number(of)} items were blocked.`,
  },
  item: 'Item',
  stage: 'Stage',
  age: 'Age',
  blocked: 'blocked',
  stalled: 'stalled',
  /** Days in a narrow column. */
  days: (n: number) => `${number(n)} d`,
  inStage: 'In stage',
  teamColumn: 'Team',
  inProgressNow: 'In progress now',
  delivery: {
    levels: byName({ elite: 'elite', high: 'high', medium: 'medium', low: 'low' }),
    level: (level: string, version: string) => `${level} by the ${version} buckets`,
    proxy: 'Some facts are inferred from tags and the wording of commits, not told by a deployment tool.',
    n: (count: number) => `from ${number(count)}`,
  },
  iterations: {
    velocity: 'Completed per iteration',
    median: (value: number) => `median ${number(value)}`,
    range: (low: string, high: string) => `70 % of iterations between ${low} and ${high}`,
    sayDo: 'Completed of what was committed',
    sayDoText: 'over the last seven closed iterations',
    current: 'Burn-down',
    name: 'Iteration',
    committed: 'Committed',
    added: 'Added',
    removed: 'Removed',
    completed: 'Completed',
    remaining: 'Carried over',
    kept: 'Kept',
    showAll: (count: number) => `Show all ${number(count)} iterations`,
  },
  behaviour: {
    measure: 'Measure',
    throughput: 'Throughput',
    cycle_time: 'Cycle time',
    wip: 'Work in progress',
    scale: byName({
      linear: 'Limits were computed on the values themselves.',
      log: 'Limits were computed on the logarithm, because such values are skewed.',
      square_root: 'Limits were computed on the square root, because these are counts.',
    }),
  },
  timeToMarket: {
    adaptability: 'Days from a change of priority to work on the item',
    adaptabilityN: (n: number) => `from ${counted(n, 'change', 'changes')} of priority`,
    half: (days: string) => `half within ${days}`,
    most: (days: string) => `85 % within ${days}`,
  },
  approximateCycleTime: 'Approximate cycle time',
  flowDebt: 'Flow debt',
  flowDebtHint:
    'Work that grows old unseen: the distance on the diagram minus the cycle time of what was finished.',
};

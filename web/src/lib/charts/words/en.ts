// The texts of the charts in English: a part of the message catalogue, kept here because the charts are also drawn
// inside the binary. They say how numbers and days are written, too.

import { byName, list } from '../../messages/catalogue.ts';
import { numbers } from '../number.ts';
import { tooFew } from './too-few/en.ts';

const { number, percent } = numbers('.', ',');

function counted(count: number, one: string, many: string): string {
  return `${number(count, 1)} ${count === 1 ? one : many}`;
}

const items = (count: number) => counted(count, 'item', 'items');
const days = (count: number) => counted(count, 'day', 'days');

export const english = {
  number,
  percent,
  months: list('Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'),
  /** The number of a day before its month. */
  ofMonth: (day: number) => `${day}`,
  today: 'today',
  items,
  days,
  perDay: (value: number) => `${number(value)} d`,
  none: 'nothing to show',
  week: 'week',
  day: 'day',
  weekOf: (day: string) => `Week of ${day}`,
  notOver: 'not over yet',
  mean: (value: number) => `mean ${number(value)}`,
  /** A column of tables: the share of past items. */
  share: 'share',
  stage: 'stage',
  category: 'category',
  item: 'item',
  title: 'title',
  workTypes: byName({
    feature: 'Features',
    defect: 'Defects',
    debt: 'Debt',
    risk: 'Risk',
    unmapped: 'Unmapped',
  }),
  percentile: (percentage: number) => `${percentage} %`,
  percentileDays: (percentage: number, value: number) => `${percentage} % in ${number(value)} d`,
  tooFew,

  throughput: {
    question: 'How much is finished?',
    unit: byName({
      day: 'Items finished a day',
      week: 'Items finished a week',
      month: 'Items finished a month',
    }),
    columns: list('period', 'finished', 'started', 'cancelled', 'created'),
    finished: (count: number) => `${items(count)} finished`,
    started: (count: number) => `${number(count)} started`,
    cancelled: (count: number) => `${number(count)} left unfinished`,
    startedKey: 'started',
    finishedKey: 'finished',
    partialKey: 'not over yet',
    summary: (total: number, periods: number, bucket: string, mean: string) =>
      `${items(total)} finished in ${counted(periods, bucket, `${bucket}s`)}${mean === '' ? '' : `, ${mean} a ${bucket}`}.`,
  },
  cycleTime: {
    question: 'How long do items take?',
    unit: 'Days from start to finish, by day of finish',
    logUnit: 'Days from start to finish, by day of finish (each step up is a doubling or more)',
    columns: list('item', 'title', 'finished', 'days'),
    point: (finished: string) => `finished ${finished}`,
    sle: (percentage: number, value: number) => `expected: ${percentage} % in ${value} d`,
    thinned: (shown: number, all: number) =>
      `${number(shown)} of ${number(all)} items drawn, the slowest always among them.`,
    summary: (n: number, half: string, most: string) =>
      n === 0
        ? 'No item with a known start was finished.'
        : `${items(n)}: half took ${half} or less, 85 % took ${most} or less.`,
  },
  histogram: {
    question: 'How are cycle times spread?',
    unit: 'Items by days from start to finish',
    columns: list('days', 'items'),
    bin: (label: string) => `${label} ${label === '1' ? 'day' : 'days'}`,
    orMore: (value: number) => `${value} or more`,
    summary: (n: number, mode: string) => `${items(n)}; the most frequent cycle time is ${mode}.`,
  },
  aging: {
    question: 'What is growing old, and where?',
    unit: 'Age in days by stage; the bands show at which age past items had left the stage',
    columns: list('item', 'title', 'stage', 'age in days', 'days in stage', 'state'),
    age: (value: number) => `${days(value)} old`,
    inStage: (value: number, stage: string) => `${days(value)} in ${stage}`,
    blocked: 'blocked',
    stalled: 'stalled',
    moving: 'in progress',
    sle: (value: number) => `expected ${value} d`,
    band: (percentage: number) => `${percentage} % had left`,
    limited: (shown: number, all: number) =>
      `${number(shown)} of ${number(all)} items drawn, the oldest first.`,
    summary: (count: number, oldest: string, blocked: number) =>
      count === 0
        ? 'Nothing is in progress.'
        : `${items(count)} in progress, the oldest ${oldest}, ${number(blocked)} blocked.`,
  },
  cumulativeFlow: {
    question: 'Does work flow through, or pile up?',
    unit: (day: string) => `Items that reached each stage; counted from those done on ${day}`,
    column: 'day',
    inStage: (stage: string, count: number) => `${stage}: ${number(count)}`,
    distance: (value: string) => `approximate cycle time ${value}`,
    debt: (value: string) => `flow debt ${value}`,
    summary: (from: number, to: number) =>
      `Between the first and the last stage were ${items(from)} at first and ${items(to)} at the end.`,
  },
  wip: {
    question: 'How much is in progress?',
    unit: 'Items in progress at the end of each day',
    columns: list('day', 'in progress'),
    limit: (value: number) => `limit ${value}`,
    inProgress: (count: number) => `${items(count)} in progress`,
    summary: (last: number, least: number, most: number) =>
      `${items(last)} in progress at the end; between ${number(least)} and ${number(most)} in the window.`,
  },
  totalAge: {
    question: 'Is the age of work growing?',
    unit: 'Days of age, summed over all items in progress',
    columns: list('day', 'total age in days'),
    age: (value: number) => `${days(value)} of age in progress`,
    summary: (first: number, last: number) => `Total age went from ${days(first)} to ${days(last)}.`,
  },
  efficiency: {
    question: 'Where does time go?',
    unit: 'Days spent in each stage by items finished in the window',
    columns: list('stage', 'category', 'days', 'share', 'half within days', '85 % within days'),
    active: 'working',
    waiting: 'waiting',
    label: (share: number, value: number) => `${percent(share)} · ${number(value, 0)} d`,
    notConfigured: 'No stage is marked as waiting yet, so working and waiting time cannot be told apart.',
    noData: 'No item was finished in this window.',
    summary: (ratio: number, n: number) =>
      `${percent(ratio)} of the time of ${items(n)} was spent in working stages, at most: nights and other work count as working.`,
  },
  blockers: {
    question: 'What blocks the work?',
    unit: 'Days blocked, by cause',
    columns: list('cause', 'days', 'items', 'teams'),
    link: 'Waits for another item',
    label: (value: number, count: number) => `${number(value, 1)} d · ${items(count)}`,
    teams: (count: number) => counted(count, 'team', 'teams'),
    summary: (value: number, count: number, of: number, worst: string) =>
      count === 0
        ? 'Nothing was blocked.'
        : `${number(count)} of ${items(of)} were blocked for ${days(value)} in all, most by: ${worst}.`,
  },
  distribution: {
    question: 'What kind of work is finished?',
    unit: 'Share of items finished a month, by type',
    column: 'month',
    total: (count: number) => items(count),
    line: (type: string, count: number, share: string) => `${type}: ${number(count)} (${share})`,
    summary: (total: number, largest: string, share: string) =>
      `${items(total)}; the largest part is ${largest} with ${share}.`,
  },
  behaviour: {
    question: 'Is this change, or ordinary variation?',
    unit: byName({
      throughput: 'Items finished a week',
      cycle_time: 'Days from start to finish, items in order of finish',
      wip: 'Items in progress, mean of the week',
    }),
    columns: list('day', 'value', 'centre', 'lower limit', 'upper limit', 'signals'),
    upper: (value: string) => `upper limit ${value}`,
    lower: (value: string) => `lower limit ${value}`,
    centre: (value: string) => `centre ${value}`,
    rules: byName({
      outside: 'outside the limits',
      two_of_three: 'two of three far from the centre',
      four_of_five: 'four of five on one side, away from the centre',
      eight_in_a_row: 'eight in a row on one side',
      moving_range: 'a jump larger than usual',
    }),
    outsideKey: 'outside the limits',
    runKey: 'part of a run',
    partialKey: 'not over yet, not judged',
    summary: (points: number, signals: number, shifts: number) =>
      signals === 0
        ? `${counted(points, 'point', 'points')}, none outside ordinary variation.`
        : `${counted(points, 'point', 'points')}, ${number(signals)} with a signal, ${counted(shifts, 'shift', 'shifts')} of the limits.`,
  },
  forecast: {
    when: 'When will it be done?',
    howMany: 'How many will be done?',
    whenUnit: 'Probability of being done by each day',
    howManyUnit: 'Probability of finishing at least so many items',
    columns: list('sure to', 'answer', 'held', 'of past checks'),
    held: (count: number, of: number) => `held in ${number(count)} of ${number(of)} past checks`,
    unchecked: 'not checked yet',
    by: (day: string) => `by ${day}`,
    orMore: (count: number) => `${items(count)} or more`,
    target: (share: string, day: string) => `${share} by ${day}`,
    chance: (share: string) => `${share} of trials`,
    summaryWhen: (remaining: string, day: string) =>
      `${remaining} will be done by ${day} with 85 % probability.`,
    summaryHowMany: (count: string) => `${count} or more will be done with 85 % probability.`,
    left: (count: number) => items(count),
  },
  burnUp: {
    question: 'How does what is done meet the scope?',
    unit: 'Items',
    columns: list('day', 'scope', 'done'),
    scope: (count: number) => `scope ${number(count)}`,
    done: (count: number) => `done ${number(count)}`,
    claim: (percentage: number, day: string) => `${percentage} % by ${day}`,
    summary: (done: number, scope: number) => `${number(done)} of ${items(scope)} are done.`,
  },
  burnDown: {
    question: 'What is left in this iteration?',
    unit: byName({
      items: 'Items left at the end of each day',
      estimate: 'Estimate left at the end of each day',
    }),
    columns: list('day', 'left', 'scope'),
    left: (value: number) => `${number(value)} left`,
    scope: (value: number) => `scope ${number(value)}`,
    even: 'an even pace',
    summary: (first: string, last: string) => `${first} at the start, ${last} left at the end.`,
  },
  calibration: {
    question: 'Have our forecasts held?',
    unit: 'Share of past checks in which the claim held; bars show the claim',
    columns: list('days ahead', 'claim', 'held', 'of checks', 'plain method held'),
    horizon: (value: number) => `${value} days ahead`,
    claim: (percentage: number) => `claimed ${percentage} %`,
    held: (share: string, count: number, of: number) => `held ${share} (${number(count)} of ${number(of)})`,
    plain: (share: string) => `plain method ${share}`,
    claimKey: 'what was claimed',
    heldKey: 'what held, with its range',
    plainKey: 'plain method',
    summary: (share: string, value: number) =>
      `The 85 % claim held in ${share} of past checks ${value} days ahead.`,
  },
  delivery: {
    deployments: 'How often is it deployed?',
    failures: 'How often does a deployment fail?',
    leadTime: 'How long from commit to production?',
    deploymentsUnit: 'Deployments a week',
    failuresUnit: 'Share of the week’s deployments that caused a failure',
    leadTimeUnit: 'Median hours from commit to deployment',
    columns: list('week', 'deployments', 'caused a failure', 'median lead time in hours'),
    deployed: (count: number) => counted(count, 'deployment', 'deployments'),
    failed: (count: number) => `${number(count)} caused a failure`,
    hours: (value: number) => (value < 24 ? `${number(value)} h` : `${number(value / 24)} d`),
    summary: (deployments: number, failures: number, weeks: number) =>
      `${counted(deployments, 'deployment', 'deployments')} in ${counted(weeks, 'week', 'weeks')}, ${number(failures)} caused a failure.`,
  },
  iterations: {
    question: 'Does the plan hold?',
    unit: 'Estimate by iteration',
    itemsUnit: 'Items by iteration',
    columns: list('iteration', 'committed', 'added', 'removed', 'completed'),
    committed: (value: number) => `${number(value)} committed`,
    added: (value: number) => `${number(value)} added`,
    removed: (value: number) => `${number(value)} removed`,
    completed: (value: number) => `${number(value)} completed`,
    committedKey: 'committed',
    addedKey: 'added',
    removedKey: 'removed',
    completedKey: 'completed',
    open: 'still open',
    median: (value: number) => `median ${number(value)}`,
    summary: (count: number, median: string) =>
      `${counted(count, 'iteration', 'iterations')}${median === '' ? '' : `, completed estimate ${median}`}.`,
  },
  timeToMarket: {
    question: 'How long from idea to production?',
    unit: 'Days in each stage: half within the dark bar, 85 % within the light one',
    columns: list('stage', 'category', 'half within days', '85 % within days'),
    label: (half: number, most: number) => `${number(half)} d · ${number(most)} d`,
    whole: 'From idea to done',
    deployment: 'Done to deployed',
    summary: (n: number, half: string, most: string) =>
      n === 0
        ? 'No item was finished in this window.'
        : `${items(n)}: half took ${half} or less from creation to done, 85 % took ${most} or less.`,
  },
};

// Measures, statistics, units and evidence: the words that figures, signals, tables and explanations share.

import { tooFew } from '../../charts/words/too-few/en.ts';
import { byName } from '../catalogue.ts';
import { count, formatNumber } from '../format.ts';

type Unit = 'items' | 'items_per_week' | 'days' | 'hours' | 'checks' | 'share' | 'percent' | 'per_week';

export const measures = {
  names: byName({
    throughput: 'Throughput',
    cycle_time: 'Cycle time',
    lead_time: 'Lead time',
    wip: 'Work in progress',
    work_item_age: 'Oldest item',
    total_work_item_age: 'Total age',
    arrival_rate: 'Arrivals',
    cumulative_flow: 'Cumulative flow',
    flow_efficiency: 'Flow efficiency',
    blocked_time: 'Blocked time',
    flow_distribution: 'Distribution',
    service_level_expectation: 'Service-level expectation',
    never_started: 'Never started',
    time_to_market: 'Time to market',
    adaptability: 'Adaptability',
    velocity: 'Velocity',
    say_do: 'Kept of what was committed',
    deployment_frequency: 'Deployment frequency',
    lead_time_for_changes: 'Lead time for changes',
    change_fail_rate: 'Change fail rate',
    failed_deployment_recovery_time: 'Recovery time',
    deployment_rework_rate: 'Rework rate',
    process_behaviour: 'Behaviour',
    forecast: 'Forecast',
  }),
  /** The name of a measure, known or not. */
  name: (measure: string): string => measures.names[measure] ?? measure.replaceAll('_', ' '),
  statistics: byName({
    p50: 'median',
    p70: '70th percentile',
    p85: '85th percentile',
    p95: '95th percentile',
    mean: 'mean',
    median: 'median',
    max: 'highest',
    sum: 'sum',
    now: 'now',
  }),
  /** What stands after a number of this unit. */
  units: byName<Unit, (n: number) => string>({
    items: (n: number) => (n === 1 ? 'item' : 'items'),
    items_per_week: () => 'a week',
    days: (n: number) => (n === 1 ? 'day' : 'days'),
    hours: (n: number) => (n === 1 ? 'hour' : 'hours'),
    checks: (n: number) => (n === 1 ? 'check' : 'checks'),
    share: () => '%',
    percent: () => '%',
    per_week: () => 'a week',
  }),
  /** A value with its unit: `8.3 a week`, `41 %`. */
  value: (value: number, unit: string): string => {
    if (unit === 'hours' && value >= 48) return count(value / 24, 'day');
    const shown = unit === 'share' ? value * 100 : value;
    return `${formatNumber(shown)} ${measures.units[unit]?.(shown) ?? unit}`;
  },
  tooFew,
  /** What went into a figure, by the name that the server gives it. */
  inputs: byName({
    window: 'Period',
    today: 'As of',
    work_type: 'Work type',
    teams: 'Teams',
    items: 'Items',
    start: 'The clock starts at',
    finish: 'The clock stops at',
    days: 'Days counted',
    zone: 'Time zone',
  }),
  allTypes: 'All types',
  /** What a signal goes by, by the name that the server gives it. */
  evidence: byName({
    age_days: 'age',
    expected_days: 'expected',
    stage_pace_days: 'usual by this stage',
    blocked_days: 'blocked for',
    quiet_days: 'quiet for',
    finished: 'finished',
    claimed_at_least: 'forecast at least',
    arrived: 'started',
    departed: 'finished',
    excess_percent: 'excess',
    wip: 'in progress',
    wip_limit: 'limit',
    days_over_percent: 'days over the limit',
    total_age_days: 'total age',
    total_age_before: 'earlier',
    growth_percent: 'growth',
    created: 'created',
    left: 'left the backlog',
    chance_percent: 'probability',
    held_percent: 'held',
    checks: 'past checks',
    committed: 'committed',
    usually_completed: 'usually completed',
    committed_percent: 'of the usual',
  }),
};

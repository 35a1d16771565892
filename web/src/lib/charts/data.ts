// The answers of the API that charts draw, as far as they draw them. Structural twins of the generated types, so that
// the chart bundle inside the binary depends on nothing but this folder.

type Maybe<T> = T | null | undefined;

export interface ItemRef {
  id: string;
  label: string;
  title: string;
}

interface Share {
  count: number;
  of: number;
}

export interface Percentile {
  percent: number;
  value: number;
}

interface TooFew {
  n: number;
  need: number;
  of: string;
}

export interface Window {
  from: string;
  to: string;
  today: string;
}

export interface Throughput {
  window: Window;
  bucket: string;
  periods: ThroughputPeriod[];
  mean?: Maybe<number>;
}

export interface ThroughputPeriod {
  start: string;
  delivered: number;
  cancelled: number;
  started: number;
  created: number;
  is_partial: boolean;
}

export interface CycleTime {
  window: Window;
  points: CycleTimePoint[];
  n: number;
  percentiles: Percentile[];
  sle?: Maybe<SleReport>;
  histogram: number[];
  never_started: Share;
}

export interface CycleTimePoint extends ItemRef {
  finished_on: string;
  days: number;
  work_type: string;
}

interface SleReport {
  percent: number;
  days: number;
  is_set: boolean;
  held: Share;
}

export interface Aging {
  today: string;
  stages: AgingStage[];
  items: AgingItem[];
  item_count: number;
  sle_days?: Maybe<number>;
}

interface AgingStage {
  name: string;
  category: string;
  pace: Percentile[];
}

export interface AgingItem extends ItemRef {
  stage: string;
  age_days: number;
  stage_days: number;
  is_blocked: boolean;
  is_stalled: boolean;
  work_type: string;
}

export interface CumulativeFlow {
  window: Window;
  days: string[];
  /** The last stage first. */
  stages: { name: string; category: string; reached: number[] }[];
  approximate_cycle_time_days?: Maybe<number>;
  flow_debt_days?: Maybe<number>;
}

export interface Wip {
  window: Window;
  days: string[];
  wip: number[];
  total_age_days: number[];
  limit?: Maybe<number>;
}

interface StageTime {
  name: string;
  category: string;
  total_days: number;
  percentiles: Percentile[];
}

export interface Efficiency {
  window: Window;
  ratio?: Maybe<number>;
  state: string;
  ratio_less_blocked?: Maybe<number>;
  n: number;
  stages: StageTime[];
}

export interface Blockers {
  window: Window;
  total_days: number;
  items: Share;
  clusters: { cause: string; days: number; items: number; teams: number }[];
}

export interface Distribution {
  window: Window;
  periods: string[];
  types: { work_type: string; delivered: number[]; in_progress: number }[];
}

export interface Behaviour {
  window: Window;
  measure: string;
  scale: string;
  points: BehaviourPoint[];
  segments: BehaviourSegment[];
  too_few?: Maybe<TooFew>;
}

export interface BehaviourPoint {
  day: string;
  value: number;
  item?: Maybe<ItemRef>;
  signals: string[];
  is_partial: boolean;
}

export interface BehaviourSegment {
  first: number;
  last: number;
  centre: number;
  upper: number;
  lower?: Maybe<number>;
}

export interface TimeToMarket {
  window: Window;
  n: number;
  percentiles: Percentile[];
  stages: StageTime[];
  deployment_wait: Percentile[];
}

export interface Delivery {
  window: Window;
  weeks: DeliveryWeek[];
}

export interface DeliveryWeek {
  start: string;
  deployments: number;
  failures: number;
  lead_time_hours?: Maybe<number>;
}

export interface Iterations {
  iterations: IterationReport[];
  velocity: Percentile[];
}

export interface IterationReport {
  name: string;
  is_closed: boolean;
  starts_on?: Maybe<string>;
  ends_on?: Maybe<string>;
  items: IterationSums;
  estimate: IterationSums;
}

export interface IterationSums {
  committed: number;
  added: number;
  removed: number;
  completed: number;
}

export interface BurnDown {
  iteration: IterationReport;
  days: string[];
  remaining: number[];
  scope: number[];
  unit: string;
}

export interface BurnUp {
  window: Window;
  days: string[];
  scope: number[];
  done: number[];
}

export interface Forecast {
  kind: string;
  claims: Claim[];
  remaining?: Maybe<number>;
  target_probability?: Maybe<number>;
  curve: CurvePoint[];
  too_few?: Maybe<TooFew>;
  start: string;
}

export interface Claim {
  percent: number;
  day?: Maybe<string>;
  count?: Maybe<number>;
  held?: Maybe<Share>;
}

export interface CurvePoint {
  day?: Maybe<string>;
  count?: Maybe<number>;
  probability: number;
}

export interface Calibration {
  horizons: CalibrationHorizon[];
  too_few?: Maybe<TooFew>;
}

interface CalibrationHorizon {
  days: number;
  claims: { percent: number; held: Share; plain_held: Share }[];
  loss_ratio?: Maybe<number>;
}

// All charts by name.

import { aging } from './aging.ts';
import { behaviour } from './behaviour.ts';
import { blockers } from './blockers.ts';
import { burnDown, burnUp } from './burn.ts';
import { calibration } from './calibration.ts';
import type { Chart } from './chart.ts';
import { cumulativeFlow } from './cumulative-flow.ts';
import { cycleTime, cycleTimeHistogram } from './cycle-time.ts';
import { changeFailures, deployments, leadTimeForChanges } from './delivery.ts';
import { distribution } from './distribution.ts';
import { efficiency } from './efficiency.ts';
import { forecast } from './forecast.ts';
import { iterations } from './iterations.ts';
import { throughput } from './throughput.ts';
import { timeToMarket } from './time-to-market.ts';
import { totalAge, wip } from './wip.ts';

export {
  aging,
  behaviour,
  blockers,
  burnDown,
  burnUp,
  calibration,
  changeFailures,
  cumulativeFlow,
  cycleTime,
  cycleTimeHistogram,
  deployments,
  distribution,
  efficiency,
  forecast,
  iterations,
  leadTimeForChanges,
  throughput,
  timeToMarket,
  totalAge,
  wip,
};

/** A chart whose data come from outside, as JSON: the caller vouches for their shape. */
export type AnyChart = Chart<never>;

const ALL: readonly AnyChart[] = [
  aging,
  behaviour,
  blockers,
  burnDown,
  burnUp,
  calibration,
  changeFailures,
  cumulativeFlow,
  cycleTime,
  cycleTimeHistogram,
  deployments,
  distribution,
  efficiency,
  forecast,
  iterations,
  leadTimeForChanges,
  throughput,
  timeToMarket,
  totalAge,
  wip,
];

/** The names of all charts. */
export const chartNames: readonly string[] = ALL.map((chart) => chart.name);

/** The chart of this name. */
export function chartNamed(name: string): AnyChart | undefined {
  return ALL.find((chart) => chart.name === name);
}

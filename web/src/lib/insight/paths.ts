// Where the pages of the insight wing lead.

import { paths, type Query } from '#lib/paths.ts';

type UnitPath = (unit: string, query?: Query) => string;

/** The page where a measure is drawn at length. */
const PAGES: Record<string, UnitPath> = {
  throughput: paths.throughput,
  cycle_time: paths.cycleTime,
  lead_time: paths.timeToMarket,
  wip: paths.wip,
  work_item_age: paths.wip,
  total_work_item_age: paths.wip,
  cumulative_flow: paths.cumulativeFlow,
  flow_efficiency: paths.efficiency,
  blocked_time: paths.blockers,
  flow_distribution: paths.distribution,
  service_level_expectation: paths.cycleTime,
  time_to_market: paths.timeToMarket,
  velocity: paths.iterations,
  say_do: paths.iterations,
  deployment_frequency: paths.delivery,
  process_behaviour: paths.behaviour,
  forecast: paths.forecast,
};

/** The page that shows this measure of a unit. */
export function pageOfMeasure(unit: string, measure: string, query: Query): string {
  return (PAGES[measure] ?? paths.unit)(unit, query);
}

// The answers of the insight wing.

import type { Schemas } from '#lib/api/client.ts';
import type { paths } from '#lib/api/schema.d.ts';
import { Problem } from '#lib/api/errors.ts';
import type { WindowQuery } from '#lib/api/insight.ts';

export type Aging = Schemas['Aging'];
export type AgingItem = Schemas['AgingItem'];
export type Behaviour = Schemas['Behaviour'];
export type Blockers = Schemas['Blockers'];
export type BurnDown = Schemas['BurnDown'];
export type BurnUp = Schemas['BurnUp'];
export type Calibration = Schemas['Calibration'];
export type Changes = Schemas['Changes'];
export type CumulativeFlow = Schemas['CumulativeFlow'];
export type CycleTime = Schemas['CycleTime'];
export type Delivery = Schemas['Delivery'];
export type Distribution = Schemas['Distribution'];
export type Efficiency = Schemas['Efficiency'];
export type Forecast = Schemas['Forecast'];
export type ForecastRequest = Schemas['ForecastRequest'];
export type HeatMap = Schemas['HeatMap'];
export type Iterations = Schemas['Iterations'];
export type Overview = Schemas['Overview'];
export type Signal = Schemas['Signal'];
export type Signals = Schemas['Signals'];
export type Throughput = Schemas['Throughput'];
export type TimeToMarket = Schemas['TimeToMarket'];
export type Wip = Schemas['Wip'];

type PageName =
  | 'overview'
  | 'signals'
  | 'throughput'
  | 'cycle-time'
  | 'aging'
  | 'cumulative-flow'
  | 'wip'
  | 'efficiency'
  | 'blockers'
  | 'distribution'
  | 'behaviour'
  | 'time-to-market'
  | 'delivery'
  | 'iterations'
  | 'burn-up'
  | 'calibration'
  | 'heat-map'
  | 'changes';

/** The pages of a unit that answer with one document, as the server's own description has them. */
export type Answers = {
  [
    Name in PageName
  ]: paths[`/api/v1/units/{unit}/${Name}`]['get']['responses'][200]['content']['application/json'];
};

/** The window, and what one page asks beyond it. */
export type Query = WindowQuery & {
  bucket?: string;
  measure?: string;
  since?: string;
  matching?: string;
  limit?: string;
};

/** Asks for a page of a unit. */
export async function ask<Name extends keyof Answers>(
  unit: string,
  name: Name,
  query: Query = {},
  signal?: AbortSignal,
): Promise<Answers[Name]> {
  return request(`/api/v1/units/${encodeURIComponent(unit)}/${name}${search(query)}`, {
    signal: signal ?? null,
  });
}

/** Asks for the days of one iteration. */
export async function askBurnDown(unit: string, iteration: string, signal?: AbortSignal): Promise<BurnDown> {
  const [of, which] = [encodeURIComponent(unit), encodeURIComponent(iteration)];
  return request(`/api/v1/units/${of}/iterations/${which}/burn-down`, { signal: signal ?? null });
}

/** Asks for a forecast. */
export async function askForecast(
  unit: string,
  body: Partial<ForecastRequest>,
  signal?: AbortSignal,
): Promise<Forecast> {
  return request(`/api/v1/units/${encodeURIComponent(unit)}/forecast`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
}

function search(query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

async function request<Answer>(address: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(address, init).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw Problem.unreachable();
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw Problem.from(response.status, body);
  return body as Answer;
}

// Figures, signals and explanations of a scope.

import { api, take, type Schemas } from './client.ts';

export type FigureBody = Schemas['Figure'];
export type Signal = Schemas['Signal'];

/** The part of the data a page looks at; it lives in the address. */
export interface WindowQuery {
  from?: string;
  to?: string;
  work_type?: string;
}

/** The window that an address asks for. */
export function windowOf(url: { searchParams: Pick<URLSearchParams, 'get'> }): WindowQuery {
  return {
    from: url.searchParams.get('from') ?? undefined,
    to: url.searchParams.get('to') ?? undefined,
    work_type: url.searchParams.get('type') ?? undefined,
  };
}

export const getOverview = (unit: string, query: WindowQuery) =>
  take(api.GET('/api/v1/units/{unit}/overview', { params: { path: { unit }, query } }));
export const getExplanation = (unit: string, measure: string, query: WindowQuery) =>
  take(api.GET('/api/v1/units/{unit}/measures/{measure}', { params: { path: { unit, measure }, query } }));

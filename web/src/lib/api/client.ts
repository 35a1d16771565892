// The client of the API: types come from the server's own document, nothing is written twice.

import createClient from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';
import { Problem } from './errors.ts';

export type Schemas = components['schemas'];

export const api = createClient<paths>({ baseUrl: '' });

/** Called when the server does not, or no longer, know who asks. */
let onUnknown: () => void = () => undefined;

export function whenUnknown(listener: () => void): void {
  onUnknown = listener;
}

/** Takes note of an answer's status: whoever is unknown has to sign in, whatever they asked for. */
export function heed(status: number, url: string): void {
  // Signing in itself is refused in the same way, to somebody who is looking at it.
  if (status === 401 && !url.endsWith('/api/v1/session')) onUnknown();
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer, or its problem thrown. */
export async function take<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch {
    throw Problem.unreachable();
  }
  heed(answer.response.status, answer.response.url);
  if (!answer.response.ok) throw Problem.from(answer.response.status, answer.error);
  return answer.data as T;
}

/** For calls without a body in the answer. */
export async function done(call: Promise<Answer<unknown>>): Promise<void> {
  await take(call);
}

// The client of the API: types come from the server's own document, nothing is written twice.

import createClient from 'openapi-fetch';
import type { components, paths } from './schema.d.ts';
import { Problem } from './errors.ts';

export type Schemas = components['schemas'];

export const api = createClient<paths>({ baseUrl: '' });

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
  if (!answer.response.ok) throw Problem.from(answer.response.status, answer.error);
  return answer.data as T;
}

/** For calls without a body in the answer. */
export async function done(call: Promise<Answer<unknown>>): Promise<void> {
  await take(call);
}

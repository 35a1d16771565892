// For `load` functions: a problem becomes the error page of the route.

import { error } from '@sveltejs/kit';
import { Problem } from './errors.ts';

export async function forPage<T>(data: Promise<T>): Promise<T> {
  try {
    return await data;
  } catch (thrown) {
    const problem = Problem.of(thrown);
    const status = problem.status >= 400 && problem.status < 600 ? problem.status : 503;
    error(status, { message: problem.title, detail: problem.detail, code: problem.code });
  }
}

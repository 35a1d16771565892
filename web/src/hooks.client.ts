// Before the first page, and when a page fails in a way that it has not foreseen.

import type { HandleClientError } from '@sveltejs/kit/hooks';
import { Problem } from '#lib/api/errors.ts';
import { live } from '#lib/live/live.svelte.ts';
import { m } from '#lib/messages/index.ts';

/** The stream of events opens first, so that nothing falls between an answer and it. */
export const init = () => live.open();

export const handleError: HandleClientError = ({ kind }) => {
  if (kind !== 'unknown') return;
  if (live.state === 'live') return { message: m.frame.errors.failed };
  // Without the server, parts of the client itself do not come.
  const { title, detail } = Problem.unreachable();
  return { message: title, detail };
};

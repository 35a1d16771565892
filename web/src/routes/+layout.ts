import { Problem } from '#lib/api/errors.ts';
import { live } from '#lib/live/live.svelte.ts';
import { organisation } from '#lib/state/organisation.svelte.ts';
import type { LayoutLoad } from './$types';

// A client of the API: nothing is rendered on a server.
export const ssr = false;
export const prerender = false;

export const load: LayoutLoad = async ({ depends }) => {
  depends('live:units');
  /** When the first page was asked for. */
  const asked = live.now();
  try {
    await organisation.load();
    return { asked, problem: undefined };
  } catch (thrown) {
    // Shown by the layout itself: an error page would have no frame to stand in.
    return { asked, problem: Problem.of(thrown) };
  }
};

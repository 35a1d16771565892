import { isRedirect, redirect } from '@sveltejs/kit';
import { Problem } from '#lib/api/errors.ts';
import { live } from '#lib/live/live.svelte.ts';
import { isDoor, paths } from '#lib/paths.ts';
import { organisation } from '#lib/state/organisation.svelte.ts';
import { session } from '#lib/state/session.svelte.ts';
import type { LayoutLoad } from './$types';

// A client of the API: nothing is rendered on a server.
export const ssr = false;
export const prerender = false;

export const load: LayoutLoad = async ({ depends, untrack, url }) => {
  depends('live:units');
  /** When the first page was asked for. */
  let asked = live.now();
  // Where one goes is no reason to ask for the units again.
  const { pathname, search } = untrack(() => ({ pathname: url.pathname, search: url.search }));
  try {
    const { state } = await session.known();
    const isKnown = state === 'signed_in';
    if (state === 'set_up' && pathname !== paths.setUp()) redirect(307, paths.setUp());
    if (state === 'signed_out' && pathname !== paths.signIn()) redirect(307, paths.signIn(pathname + search));
    if (isKnown && isDoor(pathname)) redirect(307, paths.start());
    if (!isKnown) return { asked, problem: undefined };
    // The stream begins before the first question, so that nothing falls between an answer and it.
    void live.open();
    asked = live.now();
    await organisation.load();
    return { asked, problem: undefined };
  } catch (thrown) {
    if (isRedirect(thrown)) throw thrown;
    // Shown by the layout itself: an error page would have no frame to stand in.
    return { asked, problem: Problem.of(thrown) };
  }
};

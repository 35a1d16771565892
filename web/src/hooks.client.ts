// Before the first page, and when a page fails in a way that it has not foreseen.

import type { HandleClientError } from '@sveltejs/kit/hooks';
import { Problem } from '#lib/api/errors.ts';
import { live } from '#lib/live/live.svelte.ts';
import { m, speak } from '#lib/messages/index.ts';
import { chooseLanguage, languages } from '#lib/messages/languages.ts';
import { preferences } from '#lib/state/preferences.svelte.ts';

/** The language is learnt before anything else. */
export async function init(): Promise<void> {
  const address = new URLSearchParams(location.search).get('lang');
  const chosen = chooseLanguage({ address, person: preferences.language, browser: navigator.languages });
  await speak(chosen);
  document.documentElement.lang = chosen;
  document.documentElement.dir = languages[chosen].direction;
}

export const handleError: HandleClientError = ({ kind }) => {
  if (kind !== 'unknown') return;
  if (live.state === 'live') return { message: m.frame.errors.failed };
  // Without the server, parts of the client itself do not come.
  const { title, detail } = Problem.unreachable();
  return { message: title, detail };
};

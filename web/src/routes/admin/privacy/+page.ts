import { forPage } from '#lib/api/page.ts';
import { getRetention, listPersonalPlaces } from '#lib/api/people.ts';
import { session } from '#lib/state/session.svelte.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent }) => {
  // What somebody may is known once the frame has been loaded.
  await parent();
  const mayChange = session.may('manage_settings');
  const [{ places }, retention] = await Promise.all([
    forPage(listPersonalPlaces()),
    mayChange ? forPage(getRetention()) : undefined,
  ]);
  return { places, rules: retention?.rules };
};

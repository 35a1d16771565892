import { redirect } from '@sveltejs/kit';
import { getOverview } from '#lib/api/insight.ts';
import { forPage } from '#lib/api/page.ts';
import { paths } from '#lib/paths.ts';
import { organisation } from '#lib/state/organisation.svelte.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, depends }) => {
  depends('live:items');
  await parent();
  // With one unit at the top, that unit is the organisation.
  if (organisation.tops.length < 2) redirect(307, paths.start());
  const parts = organisation.tops.map(async (unit) => ({
    unit,
    overview: await forPage(getOverview(unit.key, {})),
  }));
  return { parts: await Promise.all(parts) };
};

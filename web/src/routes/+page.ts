import { redirect } from '@sveltejs/kit';
import { getStart } from '#lib/api/organisation.ts';
import { forPage } from '#lib/api/page.ts';
import { paths } from '#lib/paths.ts';
import { organisation } from '#lib/state/organisation.svelte.ts';
import { preferences } from '#lib/state/preferences.svelte.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ parent, depends }) => {
  depends('live:items');
  await parent();
  const start = await forPage(getStart());
  if (start.has_items && start.sample.state !== 'loading') {
    const unit = organisation.byKey(preferences.lastUnit) ?? organisation.top;
    if (unit) redirect(307, paths.unit(unit.key));
    if (organisation.tops.length > 1) redirect(307, paths.organisation());
  }
  return { start };
};

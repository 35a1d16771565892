import { forPage } from '#lib/api/page.ts';
import { getItem } from '#lib/api/work.ts';
import { organisation } from '#lib/state/organisation.svelte.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, parent, depends }) => {
  depends('live:items');
  await parent();
  const item = await forPage(getItem(params.item));
  return { item, unit: organisation.byKey(item.unit.key) };
};

import { getOverview, windowOf } from '#lib/api/insight.ts';
import { forPage } from '#lib/api/page.ts';
import { unitData } from '#lib/state/unit-data.svelte.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, url, depends }) => {
  depends('live:items');
  const overview = await forPage(getOverview(params.unit, windowOf(url)));
  unitData.learn(params.unit, overview);
  return { overview };
};

import { forPage } from '#lib/api/page.ts';
import { getImport, getQuality } from '#lib/api/work.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends }) => {
  depends('live:imports');
  const [it, quality] = await forPage(Promise.all([getImport(params.id), getQuality(params.id)]));
  return { import: it, quality };
};

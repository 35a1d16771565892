import { forPage } from '#lib/api/page.ts';
import { getImport } from '#lib/api/work.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends }) => {
  depends('live:imports');
  return { import: await forPage(getImport(params.id)) };
};

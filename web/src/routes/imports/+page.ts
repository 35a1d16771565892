import { forPage } from '#lib/api/page.ts';
import { listImports } from '#lib/api/work.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
  depends('live:imports');
  return { page: await forPage(listImports()) };
};

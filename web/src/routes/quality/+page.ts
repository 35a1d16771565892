import { forPage } from '#lib/api/page.ts';
import { listImports } from '#lib/api/work.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
  depends('live:imports');
  const { imports } = await forPage(listImports());
  // Only what was read whole can be judged.
  return { imports: imports.filter((it) => it.counts.read > 0 || it.forecast) };
};

import { forPage } from '#lib/api/page.ts';
import { getGroup } from '#lib/api/people.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends }) => {
  depends('live:people');
  return { detail: await forPage(getGroup(params.group)) };
};

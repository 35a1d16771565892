import { forPage } from '#lib/api/page.ts';
import { listGroups } from '#lib/api/people.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ depends }) => {
  depends('live:people');
  return { groups: (await forPage(listGroups())).groups };
};

import { forPage } from '#lib/api/page.ts';
import { listGroups, listPeople } from '#lib/api/people.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ url, depends }) => {
  depends('live:people');
  const filter = {
    q: url.searchParams.get('q') ?? '',
    state: url.searchParams.get('state') ?? '',
    kind: url.searchParams.get('kind') ?? '',
    role: url.searchParams.get('role') ?? '',
    group: url.searchParams.get('group') ?? '',
  };
  const [page, { groups }] = await Promise.all([forPage(listPeople(filter)), forPage(listGroups())]);
  return { page, groups, filter };
};

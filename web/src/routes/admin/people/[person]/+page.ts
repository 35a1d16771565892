import { forPage } from '#lib/api/page.ts';
import { getPerson, listPersonalPlaces } from '#lib/api/people.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, depends }) => {
  depends('live:people');
  const [detail, { places }] = await Promise.all([
    forPage(getPerson(params.person)),
    forPage(listPersonalPlaces()),
  ]);
  return { detail, places };
};

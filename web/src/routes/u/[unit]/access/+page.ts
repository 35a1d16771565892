import { forPage } from '#lib/api/page.ts';
import { getAccountability, listGrants, listGroups } from '#lib/api/people.ts';
import { session } from '#lib/state/session.svelte.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, parent, depends }) => {
  depends('live:people', 'live:units');
  const { unit } = await parent();
  const mayGive = session.may('invite', unit.id);
  // Names of whoever has access are for those who may give it; who answers for the unit is for everybody.
  const [accountability, grants, groups] = await Promise.all([
    forPage(getAccountability(params.unit)),
    mayGive ? forPage(listGrants(params.unit)) : undefined,
    mayGive ? forPage(listGroups()) : undefined,
  ]);
  return { accountability, grants: grants?.grants, groups: groups?.groups ?? [] };
};

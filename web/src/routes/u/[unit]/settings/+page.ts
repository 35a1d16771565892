import { getWorkflow } from '#lib/api/organisation.ts';
import { forPage } from '#lib/api/page.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, parent }) => {
  const { unit } = await parent();
  // Only teams have a process of their own.
  return { workflow: unit.kind === 'team' ? await forPage(getWorkflow(params.unit)) : undefined };
};

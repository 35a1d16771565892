import { forPage } from '#lib/api/page.ts';
import { getImport, getReport } from '#lib/api/work.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ params, url }) => {
  const query = {
    severity: url.searchParams.get('severity') ?? undefined,
    code: url.searchParams.get('code') ?? undefined,
    limit: 100,
  };
  const [it, report] = await forPage(Promise.all([getImport(params.id), getReport(params.id, query)]));
  return { import: it, report, query };
};

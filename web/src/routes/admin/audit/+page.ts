import { forPage } from '#lib/api/page.ts';
import { listAudit } from '#lib/api/people.ts';
import type { PageLoad } from './$types';

export const load: PageLoad = async ({ url, depends }) => {
  depends('live:audit');
  const asked = (name: string) => url.searchParams.get(name) ?? '';
  const filter = {
    action: asked('action'),
    person: asked('person'),
    unit: asked('unit'),
    from: asked('from'),
    to: asked('to'),
  };
  return { page: await forPage(listAudit(filter)), filter };
};

import { listItems, type ItemQuery } from '#lib/api/work.ts';
import { forPage } from '#lib/api/page.ts';
import type { PageLoad } from './$types';

/** What the list shows lives in the address. */
function queryOf(url: URL): ItemQuery {
  const get = (name: string) => url.searchParams.get(name) ?? undefined;
  return {
    progress: get('progress'),
    work_type: get('type'),
    stage: get('stage'),
    label: get('label'),
    q: get('q'),
    sort: get('sort'),
    limit: 50,
  };
}

export const load: PageLoad = async ({ params, url, depends }) => {
  depends('live:items');
  const query = queryOf(url);
  return { query, list: await forPage(listItems(params.unit, query)) };
};

// What a page looks at lives in its address: period, work type, and whatever a page adds.

import { goto } from '$app/navigation';
import { page } from '$app/state';
import { windowOf, type WindowQuery } from '#lib/api/insight.ts';
import { keptQuery, paths, withQuery, type Query } from '#lib/paths.ts';

/** The filters as they stand in the address. Read inside effects and markup: they follow the address. */
export const view = {
  get unit(): string {
    return page.params.unit ?? '';
  },
  /** The window that the address asks for, as the API takes it. */
  get window(): WindowQuery {
    return windowOf(page.url);
  },
  /** The part of the address that goes along to other pages of the unit. */
  get kept(): Query {
    return keptQuery(page.url);
  },
  param(name: string): string | undefined {
    return page.url.searchParams.get(name) ?? undefined;
  },
  /** Changes the address; an empty value takes a filter away. */
  set(changes: Query): void {
    void goto(withQuery(page.url, changes), { reset: false });
  },
  /** Opens the explanation of a measure beside the page. */
  explain(measure: string): string {
    return withQuery(page.url, { explain: measure });
  },
  openItem(item: { id: string }): void {
    void goto(paths.item(item.id));
  },
};

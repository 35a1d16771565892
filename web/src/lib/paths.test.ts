import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sections } from './nav.ts';
import { apiPaths, keptQuery, ownPath, paths, withQuery } from './paths.ts';

/** The folders of `routes/` that hold a page, as patterns. */
const routes = readdirSync(new URL('../routes', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('+page.svelte'))
  .map((file) => `/${file.replace(/\/?\+page\.svelte$/, '')}`)
  .map((route) => new RegExp(`^${route.replaceAll(/\[\w+\]/g, '[^/]+')}$`));

const hasPage = (href: string) => routes.some((route) => route.test(href.split('?')[0] ?? ''));

describe('addresses of pages', () => {
  test.each(Object.keys(paths))('%s leads to a page', (name) => {
    const path = paths[name as keyof typeof paths] as (argument: string) => string;
    expect(hasPage(path('kestrel'))).toBe(true);
  });

  test('every page of the sidebar exists, and no two have one chord', () => {
    const pages = sections.flatMap((section) => section.pages);
    expect(pages.filter((page) => !hasPage(page.href('kestrel', {}))).map((page) => page.key)).toEqual([]);
    expect(new Set(pages.map((page) => page.chord)).size).toBe(pages.length);
  });

  test('they do not change by accident', () => {
    expect(
      Object.entries(paths).map(([name, path]) => `${name} ${(path as (a: string) => string)('a b')}`),
    ).toMatchSnapshot();
    expect(apiPaths.newImport('a b', '')).toBe('/api/v1/imports?unit=a+b');
    expect(apiPaths.reportCsv('x')).toBe('/api/v1/imports/x/report.csv');
  });
});

describe('the query of an address', () => {
  const url = new URL('http://localhost/u/kestrel?from=2026-01-01&type=defect&explain=wip');

  test('changes in part', () => {
    expect(withQuery(url, { explain: undefined })).toBe('/u/kestrel?from=2026-01-01&type=defect');
    expect(withQuery(url, { from: '', type: undefined, explain: undefined })).toBe('/u/kestrel');
  });

  test('goes along from page to page without what is open beside it', () => {
    expect(paths.items('heron', keptQuery(url))).toBe('/u/heron/items?from=2026-01-01&type=defect');
  });
});

test('a sign-in leads back to own pages only', () => {
  for (const to of ['/u/kestrel?from=2026-01-01', '/items/x#more', '/']) expect(ownPath(to)).toBe(to);
  for (const to of [
    null,
    '',
    'u/kestrel',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    '/sign-in?to=/',
    '/set-up',
  ]) {
    expect(ownPath(to), String(to)).toBe('/');
  }
});

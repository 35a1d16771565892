// What the server forbids a browser is obeyed by every screen: no violation of the content security policy, no error.

import { expect, test } from 'vitest';
import { journey, settled } from './journey.ts';

const it = journey({ sample: true });

const paths = [
  '/',
  '/u/kestrel',
  '/u/products-and-operations',
  '/u/kestrel/forecast',
  '/u/kestrel/throughput',
  '/u/kestrel/cycle-time',
  '/u/kestrel/wip',
  '/u/kestrel/delivery',
  '/u/kestrel/cumulative-flow',
  '/u/kestrel/behaviour',
  '/u/kestrel/iterations',
  '/u/kestrel/items',
  '/u/kestrel/settings',
  '/imports',
  '/imports/new',
  '/quality',
  '/organisation',
  '/settings/units',
  '/settings/appearance',
  '/api-docs',
];

test('no screen breaks the content security policy', async () => {
  const page = await it.open('/');
  const broken: string[] = [];
  await page.exposeFunction('tellViolation', (text: string) => broken.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const told = `${location.pathname}: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`;
      (window as unknown as { tellViolation: (text: string) => void }).tellViolation(told);
    });
  });
  for (const path of paths) {
    const answer = await page.goto(it.base + path);
    const policy = answer?.headers()['content-security-policy'] ?? '';
    expect(policy, path).toContain("frame-ancestors 'none'");
    // The page of the API is drawn by an element with styles of its own.
    if (path !== '/api-docs') expect(policy, path).not.toContain("'unsafe-inline'");
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settled(page);
    // Opening what lies over the page puts further elements into it.
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').first().waitFor();
    await page.keyboard.press('Escape');
  }
  expect(broken).toEqual([]);
  await page.context().close();
});

test('answers carry what browsers have to be told', async () => {
  const page = await fetch(`${it.base}/`);
  const api = await fetch(`${it.base}/api/v1/openapi.json`);
  for (const answer of [page, api]) {
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('x-frame-options')).toBe('DENY');
    expect(answer.headers.get('referrer-policy')).toBe('same-origin');
    expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(answer.headers.get('permissions-policy')).toContain('camera=()');
    // Only where people come by HTTPS.
    expect(answer.headers.get('strict-transport-security')).toBeNull();
  }
  expect(api.headers.get('cache-control')).toBe('no-store');
  expect(api.headers.get('content-security-policy')).toContain("default-src 'none'");
});

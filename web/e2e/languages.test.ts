// The product in German, and laid out from right to left.

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { audit, expectVisible, journey, settled, textOf } from './journey.ts';

const it = journey({ sample: true });

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

/** How much wider a page is than the screen. */
const excess = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('German', () => {
  test('is spoken to a German browser: from the team to a forecast, an item and its history', async () => {
    const page = await it.open('/u/kestrel', { locale: 'de-AT' });
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await settled(page);
    await expectVisible(
      page.getByText('Wie Arbeit hier fließt, was wann fertig wird und was Aufmerksamkeit braucht.'),
      page.getByRole('region', { name: 'Was Aufmerksamkeit braucht' }).getByText('Nächster Schritt:'),
      page.getByRole('region', { name: 'Kennzahlen' }).getByText('Durchsatz', { exact: true }),
      page.getByRole('heading', { name: 'Wie lange brauchen Vorgänge?' }),
    );
    // What the server says in its own words is said to be English.
    await expectVisible(page.getByRole('article').first().locator('[lang="en"]'));
    await audit(page, ['light', 'dark']);

    const chart = page
      .getByRole('figure')
      .filter({ has: page.getByRole('heading', { name: 'Was wird alt, und wo?' }) });
    await chart.getByRole('button', { name: /^Tabelle zeigen/ }).click();
    const table = chart.getByRole('table');
    expect(await table.getByRole('columnheader').nth(3).innerText()).toBe('Alter in Tagen');

    const navigation = page.getByRole('navigation', { name: 'Navigation' });
    await navigation.getByRole('link', { name: 'Prognose' }).click();
    await heading(page, 'Prognose').waitFor();
    await expectVisible(page.getByText(/traf in \d+ von \d+ früheren Prüfungen zu/));
    expect(await textOf(page.locator('main'))).toMatch(/bis \d{1,2}\. (\p{L}+\.?) 20\d\d/u);

    await navigation.getByRole('link', { name: 'Vorgänge' }).click();
    await page.locator('[data-list-row]').first().getByRole('link').first().click();
    await expectVisible(page.getByRole('heading', { name: 'Zeit in Phasen' }));
    await audit(page);
    await page.context().close();
  });

  test('is chosen under Darstellung, kept, and left again', async () => {
    const page = await it.open('/settings/appearance');
    await page.getByRole('group', { name: 'Language' }).getByText('Deutsch').click();
    await heading(page, 'Darstellung').waitFor();
    await page.goto(`${it.base}/settings/units`);
    await heading(page, 'Einheiten').waitFor();
    await page.keyboard.press('n');
    await page.keyboard.press('u');
    const form = page.getByRole('dialog', { name: 'Neue Einheit' });
    await form.getByLabel('Name').fill('Merlin');
    // As the button does, from wherever one writes.
    await page.keyboard.press('Control+Enter');
    await expectVisible(page.getByText('Merlin wurde angelegt'));
    await page.keyboard.press('?');
    await expectVisible(page.getByRole('dialog', { name: 'Tastenkürzel' }).getByText('Strg').first());
    await audit(page);

    await page.goto(`${it.base}/settings/appearance`);
    await page.getByRole('group', { name: 'Sprache' }).getByText('Wie der Browser').click();
    await heading(page, 'Appearance').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.context().close();
  });
});

test('links and keys are copied by chords and by the palette', async () => {
  const page = await it.open('/u/kestrel/items', { permissions: ['clipboard-read', 'clipboard-write'] });
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.keyboard.press('c');
  await page.keyboard.press('l');
  await page.getByText(/^Copied: http/).waitFor();
  expect(await copied()).toBe(page.url());
  await page.locator('[data-list-row]').first().getByRole('link').first().click();
  const title = page.getByRole('heading', { level: 1, name: /^KES-/ });
  const key = await textOf(title);
  await page.keyboard.press('Control+k');
  await page.getByRole('option', { name: `Copy the key ${key}` }).click();
  await page.getByText(`Copied: ${key}`).waitFor();
  expect(await copied()).toBe(key);
  await page.context().close();
});

const SCREENS = [
  '/u/kestrel',
  '/u/products-and-operations',
  '/u/kestrel/forecast',
  '/u/kestrel/cycle-time',
  '/u/kestrel/iterations',
  '/u/kestrel/items',
  '/u/kestrel/settings',
  '/u/kestrel?explain=throughput',
  '/imports/new',
  '/settings/units',
  '/settings/appearance',
];

describe('from right to left', () => {
  test.each([
    ['on a desk', 1360],
    ['on a phone', 390],
  ])('%s nothing is wider than the screen, and the audit finds nothing', async (_, width) => {
    const page = await it.open('/u/kestrel?lang=ar-XB', { viewport: { width, height: 844 } });
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
    for (const path of SCREENS) {
      await page.goto(`${it.base}${path}${path.includes('?') ? '&' : '?'}lang=ar-XB`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await audit(page);
      expect(await excess(page), path).toBeLessThanOrEqual(0);
    }
    await page.context().close();
  });

  test('the sidebar is at the right, and time in charts goes on from left to right', async () => {
    const page = await it.open('/u/kestrel/cycle-time?lang=ar-XB');
    await settled(page);
    const sidebar = await page.locator('aside').boundingBox();
    const content = await page.locator('main').boundingBox();
    expect(sidebar?.x).toBeGreaterThanOrEqual((content?.x ?? 0) + (content?.width ?? 0));
    const plot = page.locator('figure .plot').first();
    expect(await plot.evaluate((it) => getComputedStyle(it).direction)).toBe('ltr');
    await page.context().close();
  });
});

test('every screen fits 1280 pixels at 400 %', async () => {
  const page = await it.open('/u/kestrel', { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 });
  for (const path of [
    ...SCREENS,
    '/u/kestrel/delivery',
    '/u/kestrel/behaviour',
    '/imports',
    '/quality',
    '/api-docs',
  ]) {
    await page.goto(it.base + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settled(page);
    expect(await excess(page), path).toBeLessThanOrEqual(0);
  }
  await page.context().close();
});

test('the client can be installed, and keeps nothing on the device', async () => {
  const page = await it.open('/settings/appearance');
  const href = await page.locator('link[rel="manifest"]').getAttribute('href');
  const answer = await fetch(new URL(href ?? '', page.url()));
  expect(answer.headers.get('content-type')).toContain('json');
  const manifest = (await answer.json()) as { icons: { src: string }[]; start_url: string; display: string };
  expect(manifest).toMatchObject({ start_url: '/', display: 'standalone' });
  for (const icon of manifest.icons) expect((await fetch(it.base + icon.src)).status, icon.src).toBe(200);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
  await page.context().close();
});

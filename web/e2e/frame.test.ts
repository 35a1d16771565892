// Around every page: finding things, keys, looks, a phone.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { audit, expectVisible, journey, settled } from './journey.ts';

const it = journey({ sample: true });

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true });

test('the palette finds units, items, pages and actions', async () => {
  const page = await it.open('/imports');
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Find or do' });
  await palette.waitFor();
  await audit(page, ['light', 'dark']);
  await page.keyboard.type('falc');
  await expectVisible(palette.getByRole('option', { name: /Falcon/ }));
  await page.keyboard.press('Enter');
  await heading(page, 'Falcon').waitFor();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('KES-75');
  const item = palette.getByRole('option', { name: /KES-75/ }).first();
  await item.waitFor();
  await item.click();
  await page.getByRole('heading', { level: 1, name: /^KES-75/ }).waitFor();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('Theme: Dark');
  await palette.getByRole('option', { name: 'Theme: Dark' }).waitFor();
  await page.keyboard.press('Enter');
  await palette.waitFor({ state: 'detached' });
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  await page.context().close();
});

test('keys go from page to page, move in lists, and can be switched off', async () => {
  const page = await it.open('/u/kestrel');
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await heading(page, 'Forecast').waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('i');
  await heading(page, 'Items').waitFor();
  await page.locator('[data-list-row]').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const second = await page.locator('[data-list-row]').nth(1).getByRole('link').first().innerText();
  expect(await page.locator(':focus').innerText()).toBe(second);
  await page.keyboard.press('?');
  await expectVisible(page.getByRole('dialog', { name: 'Keyboard shortcuts' }));
  await audit(page);
  await page.keyboard.press('Escape');

  await page.goto(`${it.base}/settings/appearance`);
  await page.getByRole('switch', { name: /Shortcuts of single keys/ }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('h');
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog', { name: 'Find or do' }).waitFor();
  await heading(page, 'Appearance').waitFor();
  await page.context().close();
});

test('the navigation offers only what the unit has data for', async () => {
  const page = await it.open('/u/kestrel/throughput');
  const navigation = page.getByRole('navigation', { name: 'Navigation' });
  await expectVisible(
    navigation.getByRole('link', { name: 'Delivery' }),
    navigation.getByRole('link', { name: 'Iterations' }),
  );
  await page.goto(`${it.base}/u/wren/throughput`);
  await heading(page, 'Throughput').waitFor();
  await expectVisible(navigation.getByRole('link', { name: 'Delivery' }));
  expect(await navigation.getByRole('link', { name: 'Iterations' }).count()).toBe(0);
  await page.context().close();
});

test('the theme is chosen, kept, and legible with high contrast', async () => {
  const page = await it.open('/settings/appearance');
  await page.getByRole('group', { name: 'Theme' }).getByText('Dark').click();
  await page.getByRole('group', { name: 'Contrast' }).getByText('High').click();
  await page.reload();
  await heading(page, 'Appearance').waitFor();
  const root = page.locator('html');
  expect(await root.getAttribute('data-theme')).toBe('dark');
  expect(await root.getAttribute('data-contrast')).toBe('more');
  await audit(page);
  await page.goto(`${it.base}/u/kestrel`);
  await heading(page, 'Kestrel').waitFor();
  await audit(page);
  await page.context().close();
});

test('a phone shows every page without scrolling sideways, and its drawer navigates', async () => {
  const page = await it.open('/u/kestrel', { viewport: { width: 390, height: 844 }, hasTouch: true });
  const paths = [
    '/u/kestrel',
    '/u/products-and-operations',
    '/u/kestrel/forecast',
    '/u/kestrel/cumulative-flow',
    '/u/kestrel/iterations',
    '/u/kestrel/items',
    '/u/kestrel/settings',
    '/imports/new',
    '/settings/units',
  ];
  for (const path of paths) {
    await page.goto(it.base + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settled(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, path).toBeLessThanOrEqual(0);
  }
  await page.goto(`${it.base}/u/kestrel`);
  await page.getByRole('button', { name: 'Open navigation' }).click();
  const drawer = page.getByRole('dialog', { name: 'Navigation' });
  await drawer.waitFor();
  await audit(page, ['light', 'dark']);
  await drawer.getByRole('link', { name: 'Work in progress' }).click();
  await drawer.waitFor({ state: 'detached' });
  await heading(page, 'Work in progress').waitFor();
  await page.context().close();
});

test('a server that is gone is said, and the page is there again with it', async () => {
  const page = await it.open('/u/kestrel');
  await settled(page);
  await it.without(async () => {
    await expectVisible(page.getByRole('status').getByText('Reconnecting'));
    await page.getByRole('navigation', { name: 'Navigation' }).getByRole('link', { name: 'Items' }).click();
    await heading(page, 'The server does not answer').waitFor();
    await audit(page, ['light', 'dark']);
  });
  await heading(page, 'Items').waitFor();
  await page.locator('[data-list-row]').first().waitFor();
  await expectVisible(page.getByRole('status').getByText('Live'));
  // Parts that did not come are not left out: the table has its style.
  const border = await page
    .locator('td')
    .first()
    .evaluate((cell) => getComputedStyle(cell).borderBottomWidth);
  expect(border).toBe('1px');
  await page.context().close();
});

test('a team says which types and words mean what', async () => {
  const page = await it.open('/u/robin/settings');
  await page.getByRole('combobox', { name: 'Chore' }).selectOption({ label: 'Risk' });
  const blocked = page.getByRole('region', { name: 'What says that an item is blocked' });
  await blocked.getByLabel('Labels').fill('waits');
  await blocked.getByRole('checkbox', { name: 'Ready for test' }).check();
  await audit(page, ['light', 'dark']);
  await page.getByRole('button', { name: 'Save settings' }).click();
  await expectVisible(page.getByText('Saved. Every number of this team is computed anew.'));
  const answer = await it.ask('/api/v1/units/robin/workflow');
  const workflow = (await answer.json()) as { kinds: { kind: string; work_type: string }[]; blocked: object };
  expect(workflow.kinds.find((rule) => rule.kind === 'Chore')?.work_type).toBe('risk');
  expect(workflow.blocked).toMatchObject({ states: ['Ready for test'], labels: ['waits'], links: true });
  await page.context().close();
});

test('text at twice its size stays on the page', async () => {
  // Half as many pixels is what 200 % zoom gives to a page.
  const page = await it.open('/u/kestrel', { viewport: { width: 640, height: 512 }, deviceScaleFactor: 2 });
  await settled(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(wide).toBeLessThanOrEqual(0);
  await page.context().close();
});

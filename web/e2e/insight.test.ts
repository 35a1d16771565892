// Reading the numbers: from the portfolio to a team, an item, a forecast and the explanation of a figure.

import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { audit, expectVisible, journey, settled, textOf } from './journey.ts';

const it = journey({ sample: true });

describe('the team page', () => {
  test('shows signals, figures, a forecast and charts that have a table', async () => {
    const page = await it.open('/u/kestrel');
    await settled(page);
    const signals = page.getByRole('region', { name: 'What needs attention' });
    expect(await signals.getByRole('article').count()).toBeGreaterThan(0);
    expect(await signals.getByRole('article').count()).toBeLessThanOrEqual(5);
    await expectVisible(
      signals.getByText('Next step:'),
      // How often a rule was right says little without how often the same came true without it.
      signals.getByText(
        /^Right in \d+ of \d+ past cases; without a signal the same came true in \d+ of \d+$/,
      ),
    );
    const figures = page.getByRole('region', { name: 'Key figures' });
    for (const name of ['Throughput', 'Cycle time', 'Work in progress', 'Oldest item']) {
      await expectVisible(figures.getByText(name, { exact: true }));
      await expectVisible(figures.getByRole('link', { name: `How “${name}” is measured` }));
    }
    const forecast = page.getByRole('region', { name: 'Forecast' });
    await expectVisible(forecast.getByText(/held in \d+ of \d+ past checks/));

    const question = 'What is growing old, and where?';
    const chart = page.getByRole('figure').filter({ has: page.getByRole('heading', { name: question }) });
    await chart.getByRole('button', { name: /^Show table/ }).click();
    const table = chart.getByRole('table', { name: question });
    await table.waitFor();
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual([
      'item',
      'title',
      'stage',
      'age in days',
      'days in stage',
      'state',
    ]);
    expect(await table.getByRole('row').count()).toBeGreaterThan(3);
    await audit(page, ['light', 'dark']);
    await chart.getByRole('button', { name: /^Show chart/ }).click();
    await settled(page);
    await page.context().close();
  });

  test('lets the keyboard walk from point to point and open an item', async () => {
    const page = await it.open('/u/kestrel');
    await settled(page);
    const question = 'How long do items take?';
    const chart = page.getByRole('figure').filter({ has: page.getByRole('heading', { name: question }) });
    await chart.getByRole('application').focus();
    const said = chart.locator('[aria-live="polite"]');
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction((it) => it?.textContent !== '', await said.elementHandle());
    const first = await textOf(said);
    expect(first).toMatch(/^KES-\d+ · /);
    await page.keyboard.press('End');
    await page.waitForFunction(([it, before]) => it?.textContent !== before, [
      await said.elementHandle(),
      first,
    ] as const);
    const last = await textOf(said);
    const label = /^KES-\d+/.exec(last)?.[0] ?? '';
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: label, exact: true }).waitFor();
    await page.context().close();
  });
});

test('the heat map of the portfolio leads to a team, and from there to an item', async () => {
  const page = await it.open('/u/products-and-operations');
  const map = page.getByRole('region', { name: /Teams by measure/ });
  await map.waitFor();
  expect(await map.getByRole('row').count()).toBe(13);
  // A team without a past of its own says nothing about its trend.
  await expectVisible(map.getByRole('row', { name: /Wren/ }));
  expect(await textOf(map.getByRole('row', { name: /Wren/ }))).not.toContain('too little data');
  await audit(page, ['light', 'dark']);

  await map.getByRole('link', { name: 'Heron' }).click();
  await page.getByRole('heading', { level: 1, name: 'Heron' }).waitFor();
  const item = page
    .getByRole('region', { name: 'What needs attention' })
    .getByRole('link', { name: /^HER-/ });
  const label = await textOf(item.first());
  await item.first().click();
  await page.getByRole('heading', { level: 1, name: label, exact: true }).waitFor();
  await expectVisible(
    page.getByRole('heading', { name: 'Facts' }),
    page.getByRole('heading', { name: 'Time in stages' }),
    page.getByRole('heading', { name: 'History' }),
  );
  expect(await page.locator('main').innerText()).not.toMatch(/\d{4}-\d\d-\d\dT/);
  await audit(page, ['light', 'dark']);
  await page.context().close();
});

describe('the forecast', () => {
  const claims = (page: Page) => page.locator('main dl').getByText(/held in \d+ of \d+ past checks/);

  test('answers at once for what is in progress', async () => {
    const page = await it.open('/u/kestrel/forecast');
    await expectVisible(page.getByRole('heading', { name: /^When will \d+ items be done\?$/ }), claims(page));
    expect(await claims(page).count()).toBe(4);
    await audit(page, ['light', 'dark']);
    await page.context().close();
  });

  test('answers how many by a day, and the address holds the question', async () => {
    const page = await it.open('/u/kestrel/forecast');
    const until = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
    const form = page.getByRole('form', { name: 'Question' });
    await form.getByText('How many?').click();
    await form.getByLabel('Until').fill(until);
    await form.getByRole('button', { name: 'Forecast' }).click();
    await expectVisible(
      page.getByRole('heading', { name: /^How many items will be done by \d+ \w+ \d{4}\?$/ }),
      page.getByText(/^[\d,]+ or more$/),
    );
    expect(new URL(page.url()).search).toBe(`?kind=how_many&until=${until}`);
    await page.reload();
    await expectVisible(
      page.getByRole('heading', { name: /^How many items will be done by \d+ \w+ \d{4}\?$/ }),
    );
    await page.context().close();
  });

  test('answers when the items of a label are done, with their scope', async () => {
    const answer = await it.ask('/api/v1/units/kestrel/items?progress=open&limit=100');
    const { items } = (await answer.json()) as { items: { id: string }[] };
    const label = await firstLabel(items.map((item) => item.id));
    const page = await it.open('/u/kestrel/forecast');
    const form = page.getByRole('form', { name: 'Question' });
    await form.getByText('Open items with a label or parent').click();
    await form.getByRole('textbox', { name: 'Label or parent' }).fill(label);
    await form.getByRole('button', { name: 'Forecast' }).click();
    await expectVisible(
      page.getByRole('heading', { name: /^When will \d+ items? be done\?$/ }),
      page.getByRole('heading', { name: 'Scope and done' }),
      claims(page),
    );
    await page.context().close();
  });

  test('says how much is missing when there is too little data', async () => {
    const page = await it.open('/u/wren/forecast');
    await expectVisible(page.getByText(/^Too little data: \d+ weeks?, \d+ are needed\.$/));
    await audit(page);
    await page.context().close();
  });

  async function firstLabel(items: string[]): Promise<string> {
    for (const id of items) {
      const response = await it.ask(`/api/v1/items/${id}`);
      const { labels } = (await response.json()) as { labels: string[] };
      if (labels[0]) return labels[0];
    }
    throw new Error('no open item has a label');
  }
});

test('a number explains itself beside the page, under an address of its own', async () => {
  const page = await it.open('/u/kestrel');
  await page.getByRole('link', { name: 'How “Cycle time” is measured' }).click();
  const panel = page.getByRole('dialog', { name: 'Cycle time' });
  await panel.waitFor();
  expect(new URL(page.url()).searchParams.get('explain')).toBe('cycle_time');
  await expectVisible(
    panel.getByRole('heading', { name: 'What went in' }),
    panel.getByRole('heading', { name: 'Items behind it' }),
    panel.getByRole('heading', { name: 'Definition' }),
    panel.getByRole('link', { name: /^KES-\d+$/ }),
  );
  const inputs = await panel.locator('dt').allInnerTexts();
  expect(inputs).toContain('Period');
  expect(inputs).toContain('Work type');
  expect(inputs.filter((name) => /_|^[a-z]/.test(name))).toEqual([]);
  expect(await textOf(panel.locator('dl').first())).not.toMatch(/\d{4}-\d\d-\d\d/);
  await audit(page, ['light', 'dark']);

  await page.goBack();
  await panel.waitFor({ state: 'detached' });
  expect(new URL(page.url()).search).toBe('');
  await page.goForward();
  await panel.waitFor();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await page.context().close();
});

// A history comes in: mapped, tried, stored, approved; once more without effect; another one and back again.
// One story on one server: each test goes on where the one before it ended.

import { expect, test } from 'vitest';
import { approve, counts, dryRun, run, upload } from './importing.ts';
import { audit, expectVisible, journey, textOf } from './journey.ts';

const it = journey();

test('a history is mapped, tried, stored and approved', async () => {
  const page = await it.open('/imports/new');
  await upload(page, ['jira.jsonl'], { organisation: 'Harbour' });

  // The states of the tracker came with a proposal; a person corrects it.
  await page.getByRole('heading', { name: 'What the words mean' }).waitFor();
  const review = page.getByRole('combobox', { name: 'Stages: In review' });
  expect(await review.inputValue()).toBe('In review');
  await page.getByRole('combobox', { name: 'Kind of time: In review' }).selectOption('waiting');
  await page.getByRole('textbox', { name: 'Name of the new team: Dunnock' }).fill('Dunnocks');
  await expectVisible(page.getByText('Not saved yet'));
  await audit(page, ['light', 'dark']);

  await dryRun(page);
  expect(await counts(page)).toMatchObject({ 'Items read': 40, New: 40, Changed: 0, 'Rows not readable': 0 });
  await audit(page, ['light', 'dark']);
  // Nothing is there before it runs.
  const before = await page.request.get(`${it.base}/api/v1/units`);
  const { units } = (await before.json()) as { units: { items: number }[] };
  expect(units.map((unit) => unit.items)).toEqual([0]);

  await run(page);
  expect(await counts(page)).toMatchObject({ New: 40, Changed: 0 });
  await audit(page, ['light', 'dark']);
  await approve(page);

  await page.getByRole('link', { name: 'Look at the items' }).click();
  await expectVisible(page.getByText('40 items'));
  await audit(page, ['light', 'dark']);
  await page.goto(`${it.base}/u/dunnocks`);
  await expectVisible(
    page.getByRole('heading', { level: 1, name: 'Dunnocks' }),
    page.getByRole('heading', { name: 'What needs attention' }),
  );
  await page.context().close();
});

test('the same file a second time changes nothing', async () => {
  const page = await it.open('/imports/new?unit=harbour');
  await upload(page, ['jira.jsonl']);
  // The team has another name here than in the tracker: its project goes to the team that is there.
  await page.getByRole('combobox', { name: 'Goes to: Dunnock' }).selectOption({ label: 'Dunnocks' });
  await dryRun(page);
  await expectVisible(page.getByText('Nothing would change: these histories are here already.'));
  expect(await counts(page)).toMatchObject({ New: 0, Changed: 0, 'As they were': 40 });
  await run(page);
  expect(await counts(page)).toMatchObject({ New: 0, Changed: 0, 'As they were': 40 });
  await approve(page);
  await page.goto(`${it.base}/imports`);
  const approved = page.getByRole('row').filter({ hasText: 'Approved' });
  await approved.nth(1).waitFor();
  expect(await approved.count()).toBe(2);
  await audit(page, ['light', 'dark']);
  await page.context().close();
});

test('an import is rolled back, and nothing of it is left', async () => {
  const page = await it.open('/imports/new?unit=harbour');
  await upload(page, ['tickets.csv', 'ticket_changes.csv'], { tracker: 'Mill' });
  await dryRun(page);
  expect(await counts(page)).toMatchObject({ 'Items read': 24, New: 24 });
  await run(page);
  const importPage = page.url();
  await page.goto(`${it.base}/u/engine/items`);
  await expectVisible(page.getByText('12 items'));

  await page.goto(importPage);
  await page.getByRole('button', { name: 'Roll back' }).click();
  const dialog = page.getByRole('dialog', { name: 'Roll this import back?' });
  await dialog.waitFor();
  await audit(page, ['light', 'dark']);
  await dialog.getByRole('button', { name: 'Roll back' }).click();
  await expectVisible(page.getByText('Taken back exactly: the data is as it was before.'));

  // The other import is untouched.
  await page.goto(`${it.base}/u/harbour/items`);
  await expectVisible(page.getByText('40 items'));
  const units = await page.request.get(`${it.base}/api/v1/units`);
  const engine = ((await units.json()) as { units: { key: string; items: number }[] }).units.find(
    (unit) => unit.key === 'engine',
  );
  expect(engine?.items ?? 0).toBe(0);
  if (engine) {
    await page.goto(`${it.base}/u/engine`);
    await expectVisible(
      page.getByRole('heading', { name: 'There is no data for this unit yet' }),
      page.getByRole('link', { name: 'Import a history' }),
    );
    await audit(page, ['light', 'dark']);
  }
  await page.context().close();
});

test('a file that is not what its name says gives one clear sentence', async () => {
  const page = await it.open('/imports/new?unit=harbour');
  await upload(page, ['sign-in.json'], { tracker: 'Other' });
  const notice = page.locator('main').getByText(/sign-in page of the tracker/);
  await notice.first().waitFor();
  expect(await textOf(notice.first())).toBe(
    'It is a web page, perhaps the sign-in page of the tracker; sign in and export the items as CSV or JSON.',
  );
  expect(await notice.count()).toBe(1);
  await audit(page, ['light', 'dark']);
  await page.context().close();
});

test.each(['held', 'empty'] as const)(
  'an import moves on when the stream of events is %s',
  async (stream) => {
    const page = await it.open('/imports/new?unit=harbour', { stream });
    await upload(page, ['jira.jsonl'], { tracker: `Jira, ${stream}` });
    await dryRun(page);
    await run(page);
    await page.getByRole('button', { name: 'Roll back' }).click();
    await page
      .getByRole('dialog', { name: 'Roll this import back?' })
      .getByRole('button', { name: 'Roll back' })
      .click();
    await expectVisible(page.getByText('Taken back exactly: the data is as it was before.'));
    await page.context().close();
  },
);

test('what an import brings appears on a page that is open elsewhere', async () => {
  const watcher = await it.open('/u/harbour/items');
  await expectVisible(watcher.getByText('40 items'));
  await watcher.evaluate(() => Object.assign(window, { wasLoadedOnce: true }));

  const page = await it.open('/imports/new?unit=harbour');
  await upload(page, ['tickets.csv', 'ticket_changes.csv'], { tracker: 'Weir' });
  await dryRun(page);
  await run(page);
  await expectVisible(watcher.getByText('64 items'));
  expect(await watcher.evaluate(() => 'wasLoadedOnce' in window)).toBe(true);
  await watcher.context().close();
  await page.context().close();
});

test('with several units at the top, the start page is the organisation', async () => {
  await it.ask('/api/v1/units', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Quarry', kind: 'portfolio' }),
  });
  const page = await it.open('/');
  await page.getByRole('heading', { level: 1, name: 'Organisation' }).waitFor();
  await expectVisible(
    page.getByRole('row', { name: /Harbour/ }).getByRole('link', { name: /to look at|nothing needs/ }),
    page.getByRole('row', { name: /Quarry/ }).getByText('no items yet'),
  );
  await audit(page, ['light', 'dark']);
  await page.locator('main').getByRole('link', { name: 'Harbour' }).click();
  await page.getByRole('heading', { level: 1, name: 'Harbour' }).waitFor();
  await page.getByRole('button', { name: /Scope:/ }).click();
  await page
    .getByRole('dialog', { name: 'Choose a unit' })
    .getByRole('link', { name: 'Organisation' })
    .click();
  await page.getByRole('heading', { level: 1, name: 'Organisation' }).waitFor();
  await page.context().close();
});

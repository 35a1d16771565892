// Every real history through the client: uploaded, mapped as proposed, tried, stored, looked at, brought once more,
// taken back. What is expected is what the tests of the command line expect.
//
// Runs when HEADWAY_HISTORIES is `all` or names histories (with commas between), and their folder is there: beside the
// checkout, or where HEADWAY_DATA says.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { counts, dryRun, run } from './importing.ts';
import { expectVisible, journey, settled } from './journey.ts';

interface History {
  name: string;
  files: string[];
  counts: Record<string, number>;
  odd: Record<string, number>;
  left_out?: Record<string, string>;
}

/** What the screen calls the counts; what it shows only when there are any. */
const NAMES: Record<string, string> = {
  items: 'Items read',
  changes: 'Changes',
  state_changes: 'Changes of state',
  never_started: 'Never started',
  unreadable: 'Rows not readable',
  iterations: 'Iterations',
  deployments: 'Deployments',
  commits: 'Commits',
};

const root = new URL('../..', import.meta.url).pathname;
const folder = process.env['HEADWAY_DATA'] ?? join(root, '../shared/data');
const asked = process.env['HEADWAY_HISTORIES'] ?? '';
const expected = join(root, 'crates/server/tests/fixtures/histories.json');
const histories = (JSON.parse(readFileSync(expected, 'utf8')) as History[]).filter(
  ({ name }) => asked === 'all' || asked.split(',').includes(name),
);
const isThere = existsSync(folder);
if (asked && !isThere) console.warn(`skipped: there are no real histories at ${folder}`);

const PATIENCE_MS = 600_000;

if (asked && isThere) {
  const it = journey();

  beforeAll(async () => {
    const made = await it.ask('/api/v1/units', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Real', kind: 'portfolio' }),
    });
    expect(made.status).toBe(201);
  });

  test.each(histories)('$name', { timeout: PATIENCE_MS }, async (history) => {
    const took: string[] = [];
    let since = Date.now();
    const lap = (step: string) => {
      took.push(`${step} ${((Date.now() - since) / 1000).toFixed(1)} s`);
      since = Date.now();
    };
    const page = await it.open('/imports/new?unit=real');
    page.setDefaultTimeout(PATIENCE_MS / 2);
    await upload(page, history);
    lap('read');
    await dryRun(page);
    lap('compared');
    const figures = { ...figuresOf(history), New: history.counts['items'] ?? 0, Changed: 0 };
    expect(await counts(page)).toMatchObject(figures);
    await run(page);
    lap('stored');
    expect(await counts(page)).toMatchObject(figures);
    const first = page.url();

    await page.locator('main').getByRole('link', { name: 'Data quality' }).click();
    await page.getByRole('heading', { level: 1, name: 'Data quality' }).waitFor();
    const { new_team: told = 0, ...odd } = await oddities(page);
    expect(odd).toEqual(history.odd);
    expect([told, await teams(page)]).toEqual([history.counts['teams'], history.counts['teams']]);
    lap('looked at');

    await page.goto(`${it.base}/imports/new?unit=real`);
    await upload(page, history);
    await dryRun(page);
    await expectVisible(page.getByText('Nothing would change: these histories are here already.'));
    const again = { New: 0, Changed: 0, 'As they were': history.counts['items'] ?? 0 };
    const counted = await counts(page);
    expect(counted).toMatchObject(again);
    expect(Object.keys(counted)).not.toEqual(
      expect.arrayContaining(['Iterations', 'Deployments', 'Commits']),
    );
    lap('again');
    await page.getByRole('button', { name: 'Give up this import' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Give up this import' }).click();
    await expectVisible(page.getByRole('link', { name: 'Import other files' }));

    await page.goto(first);
    await page.getByRole('button', { name: 'Roll back' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await expectVisible(page.getByText('Taken back exactly: the data is as it was before.'));
    expect(await teams(page)).toBe(0);
    lap('taken back');
    console.log(`${history.name}: ${took.join(', ')}`);
    await page.context().close();
  });

  const figuresOf = (history: History) =>
    Object.fromEntries(
      Object.entries(history.counts)
        .filter(([code]) => code in NAMES)
        .map(([code, count]) => [NAMES[code], count]),
    );

  /** From the page of a new import to the mapping that is proposed; what nothing can be read from is told. */
  async function upload(page: Page, history: History): Promise<void> {
    await page.getByLabel('Choose files').setInputFiles(history.files.map((file) => join(folder, file)));
    await page.getByLabel('Name of the tracker').fill(history.name);
    await page.getByRole('button', { name: 'Upload and check' }).click();
    await page.getByRole('heading', { name: 'What the words mean' }).waitFor();
    await settled(page);
    for (const reason of Object.values(history.left_out ?? {})) {
      await page.getByText(reason).first().waitFor({ state: 'attached' });
    }
  }

  /** What the page on quality counts, by code. */
  async function oddities(page: Page): Promise<Record<string, number>> {
    await settled(page);
    const rows = page.getByRole('row').filter({ has: page.locator('a[href*="code="]') });
    const found = await rows.evaluateAll((rows) =>
      rows.map((row) => [
        new URL(row.querySelector('a')?.href ?? '').searchParams.get('code'),
        row.querySelector('td:last-child')?.textContent,
      ]),
    );
    return Object.fromEntries(
      found.map(([code, count]) => [code ?? '', Number(count?.replaceAll(/\D/g, ''))]),
    );
  }

  /** How many teams there are. */
  async function teams(page: Page): Promise<number> {
    const answer = await page.request.get(`${it.base}/api/v1/units`);
    const { units } = (await answer.json()) as { units: { kind: string }[] };
    return units.filter(({ kind }) => kind === 'team').length;
  }
} else {
  test.skip('real histories come and go through the client', () => undefined);
}

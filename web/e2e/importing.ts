// The steps of an import, as a person takes them on screen.

import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { fixture } from './journey.ts';

/** From the page of a new import up to the mapping that is proposed for these files. */
export async function upload(
  page: Page,
  files: string[],
  { organisation, tracker = 'Board' }: { organisation?: string; tracker?: string } = {},
): Promise<void> {
  await page.getByLabel('Choose files').setInputFiles(files.map(fixture));
  if (organisation) await page.getByLabel('Name of the organisation or portfolio').fill(organisation);
  await page.getByLabel('Name of the tracker').fill(tracker);
  await page.getByRole('button', { name: 'Upload and check' }).click();
}

/** Saves the mapping and waits for what the import would do. */
export async function dryRun(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save and do a dry run' }).click();
  await page.getByRole('heading', { name: 'What the import would do' }).waitFor();
}

/** Stores what the dry run has counted, up to the review. */
export async function run(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Run the import' }).click();
  await page.getByRole('heading', { name: 'Look at it, then decide' }).waitFor();
}

export async function approve(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Kept. A newer export of the same tracker updates these items.').waitFor();
}

/** Counts of an import by their names on screen. */
export async function counts(page: Page): Promise<Record<string, number>> {
  const terms = page.locator('dl.panel > div');
  const rows = await terms.evaluateAll((rows) =>
    rows.map((row) => [row.querySelector('dt')?.textContent, row.querySelector('dd')?.textContent]),
  );
  expect(rows.length).toBeGreaterThan(0);
  return Object.fromEntries(rows.map(([name, value]) => [name ?? '', Number(value?.replaceAll(',', ''))]));
}

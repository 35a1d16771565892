// Somebody opens Headway for the first time, looks at what it is for, and tries it on the sample organisation.

import { expect, test } from 'vitest';
import { audit, expectVisible, journey } from './journey.ts';

const it = journey();

test('an empty server teaches what to do, and leads to an import', async () => {
  const page = await it.open('/');
  await expectVisible(
    page.getByRole('heading', { level: 1, name: 'See how your work flows' }),
    page.getByRole('heading', { name: 'Bring a history' }),
    page.getByRole('heading', { name: 'Say what its words mean' }),
    page.getByRole('heading', { name: 'See before anything is stored' }),
    page.getByRole('button', { name: 'Load the sample organisation' }),
  );
  // Nothing in the navigation leads to a page that needs data.
  const links = await page.getByRole('navigation', { name: 'Navigation' }).getByRole('link').allInnerTexts();
  expect(links).toEqual([
    'Home',
    'Imports',
    'Data quality',
    'Units',
    'Appearance',
    'People',
    'Groups',
    'Permissions',
    'Audit log',
    'Privacy',
  ]);
  await audit(page, ['light', 'dark']);

  await page.getByRole('link', { name: 'Import histories' }).click();
  await expectVisible(
    page.getByRole('heading', { level: 1, name: 'Import histories' }),
    page.getByRole('group', { name: 'Files to import' }),
    page.getByLabel('Name of the organisation or portfolio'),
  );
  await audit(page, ['light', 'dark']);
  await page.getByLabel('Name of the organisation or portfolio').fill('Harbour');
  await page.getByRole('button', { name: 'Upload and check' }).click();
  await expectVisible(page.getByText('Choose at least one file.'));
  await page.context().close();
});

test('the sample organisation loads while one watches, and ends at the portfolio', async () => {
  const page = await it.open('/');
  await page.getByRole('button', { name: 'Load the sample organisation' }).click();
  const progress = page.getByRole('progressbar', { name: 'Building the sample organisation' });
  await progress.waitFor();
  await page
    .getByRole('heading', { level: 1, name: 'Products and Operations' })
    .waitFor({ timeout: 180_000 });
  expect(new URL(page.url()).pathname).toBe('/u/products-and-operations');
  await expectVisible(
    page.getByRole('region', { name: /Teams by measure/ }).getByRole('link', { name: 'Kestrel' }),
  );
  // The next visit starts where the last one was.
  await page.goto(`${it.base}/u/kestrel`);
  await page.getByRole('heading', { level: 1, name: 'Kestrel' }).waitFor();
  await page.goto(it.base);
  await page.getByRole('heading', { level: 1, name: 'Kestrel' }).waitFor();
  await page.context().close();
});

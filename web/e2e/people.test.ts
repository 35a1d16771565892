// People and what they may: a permission is explained, given, seen at once, and in the log.

import { expect, test } from 'vitest';
import { audit, enter, expectVisible, journey } from './journey.ts';

const it = journey();

const mira = { name: 'Mira Member', email: 'mira@example.org', password: 'five words and a heron' };

test('a missing permission is explained, given, and seen at once in the other browser', async () => {
  await it.ask('/api/v1/units', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Works', kind: 'portfolio' }),
  });
  await it
    .server()
    .people(['add', '--email', mira.email, '--name', mira.name, '--password-stdin'], mira.password);

  const hers = await it.open('/sign-in', { signedOut: true });
  await enter(hers, mira.email, mira.password);
  await hers.waitForURL((url) => url.pathname !== '/sign-in');
  await hers.goto(`${it.base}/settings/units`);
  await hers.getByRole('button', { name: 'Why?' }).click();
  const why = hers.getByRole('dialog', { name: 'Why may I not?' });
  await expectVisible(why.getByText('It is not allowed.'), why.getByText('Olga Owner'));
  await audit(hers, ['light', 'dark']);
  await why.getByRole('button', { name: 'Close' }).last().click();
  expect(await hers.getByRole('link', { name: 'Works' }).count()).toBe(0);

  const page = await it.open('/u/works/access');
  await page.getByRole('button', { name: 'Give a role' }).click();
  const give = page.getByRole('dialog', { name: 'Give a role: Works' });
  await give.getByLabel('Find a person').fill('MIRA');
  await give.getByRole('button', { name: `Choose: ${mira.name}` }).click();
  await give.getByLabel('Role', { exact: true }).selectOption('pmo');
  await audit(page);
  await give.getByRole('button', { name: 'Give a role' }).click();
  await expectVisible(page.getByRole('row', { name: /Mira Member.*PMO/ }));
  await audit(page, ['light', 'dark']);

  // Without loading anything anew.
  await expectVisible(
    hers.getByRole('main').getByRole('link', { name: 'Works' }),
    hers.getByRole('button', { name: 'New unit' }),
  );

  await page.getByRole('button', { name: /^Take back: Mira Member/ }).click();
  await hers.getByRole('main').getByRole('link', { name: 'Works' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expectVisible(hers.getByRole('main').getByRole('link', { name: 'Works' }));
  await hers.context().close();
  await page.context().close();
});

test('an administrator finds a person, lets them out and in, and reads it in the log', async () => {
  const page = await it.open('/admin/people?q=mira');
  await audit(page, ['light', 'dark']);
  await page.getByRole('link', { name: mira.name }).click();
  await page.getByRole('heading', { level: 1, name: mira.name }).waitFor();
  await audit(page, ['light', 'dark']);
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click();
  await page.getByRole('button', { name: 'Let in again' }).click();
  await expectVisible(page.getByRole('button', { name: 'Deactivate' }));
  await page.goto(`${it.base}/admin/audit?action=person.`);
  await expectVisible(page.getByText('person.deactivated'), page.getByText('person.reactivated'));
  await audit(page, ['light', 'dark']);
  await page.getByRole('button', { name: 'Check the log' }).click();
  await expectVisible(page.getByText(/^Whole: /));
  // Opened by its address, where what somebody may is not known from a page before.
  await page.goto(`${it.base}/admin/privacy`);
  await expectVisible(page.getByLabel('The audit log: Days'));
  await page.context().close();
});

test('every page of the administration stands on a phone and keeps to the rules', async () => {
  for (const path of [
    '/admin/people',
    '/admin/groups',
    '/admin/permissions',
    '/admin/audit',
    '/admin/privacy',
    '/account/activity',
    '/u/works/access',
  ]) {
    const page = await it.open(path, { viewport: { width: 390, height: 800 } });
    await audit(page, ['light', 'dark']);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wide, `${path} is wider than a phone`).toBe(false);
    await page.context().close();
  }
});

// Takes pictures of pages in light, dark and phone width, and audits them for accessibility:
//
//   npm run shots -- [--token TOKEN] [--base http://127.0.0.1:5173] [--out e2e/results] [--light] [path …]
//
// Without paths, it visits the pages below, which exist on the mock server of `npm run dev`.

import { AxeBuilder } from '@axe-core/playwright';
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { launch } from './browser.ts';
import { bearer } from './server.ts';

const PAGES = [
  '/u/acme',
  '/u/kestrel',
  '/u/kestrel?explain=cycle_time',
  '/u/acme/items',
  '/items/item-1',
  '/imports',
  '/imports/new',
  '/imports/im-mapping',
  '/imports/im-ready',
  '/imports/im-running',
  '/imports/im-review',
  '/imports/im-review/report',
  '/imports/im-review/quality',
  '/quality',
  '/settings/units',
  '/settings/appearance',
  '/u/kestrel/settings',
];

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1360, height: 860 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1360, height: 860 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 390, height: 844 } },
] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    token: { type: 'string', default: '' },
    base: { type: 'string', default: 'http://127.0.0.1:5173' },
    out: { type: 'string', default: 'e2e/results' },
    light: { type: 'boolean', default: false },
  },
});

const fileOf = (path: string) => path.replace(/^\//, '').replaceAll(/[^a-z0-9-]+/gi, '_') || 'start';

await mkdir(values.out, { recursive: true });
const browser = await launch();
let findings = 0;
for (const look of LOOKS.filter((it) => !values.light || it.name === 'light')) {
  const context = await browser.newContext({
    extraHTTPHeaders: bearer(values.token),
    colorScheme: look.colorScheme,
    viewport: look.viewport,
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${look.name}: ${error.message}`));
  page.on(
    'console',
    (message) => message.type() === 'error' && console.error(`${look.name}: ${message.text()}`),
  );
  for (const path of positionals.length > 0 ? positionals : PAGES) {
    await page.goto(values.base + path);
    await page.locator('main h1').waitFor();
    // The stream of events never ends, so there is no idle network to wait for.
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${values.out}/${fileOf(path)}-${look.name}.png`, fullPage: true });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (overflow > 0) console.error(`${look.name} ${path}: ${overflow} px wider than the screen`);
    const { violations } = await new AxeBuilder({ page }).analyze();
    for (const violation of violations) {
      findings += 1;
      const nodes = violation.nodes.slice(0, 3).map((node) => node.html.slice(0, 160));
      console.error(
        `${look.name} ${path}: ${violation.id} (${violation.nodes.length})\n  ${nodes.join('\n  ')}`,
      );
    }
  }
  await context.close();
}
await browser.close();
console.log(`${findings} accessibility findings`);
process.exitCode = findings > 0 ? 1 : 0;

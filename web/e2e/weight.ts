// Adds up the JavaScript that pages load, compressed, and fails when the first page is over its budget:
//
//   npm run weight -- [--token TOKEN] [--base http://127.0.0.1:4173] [path …]

import { gzipSync } from 'node:zlib';
import { parseArgs } from 'node:util';
import { launch } from './browser.ts';
import { bearer } from './server.ts';

const BUDGET = 120_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    base: { type: 'string', default: 'http://127.0.0.1:4173' },
    token: { type: 'string', default: '' },
  },
});
const browser = await launch();
for (const path of positionals.length > 0 ? positionals : ['/', '/imports', '/u/acme/items']) {
  const context = await browser.newContext({ extraHTTPHeaders: bearer(values.token) });
  const page = await context.newPage();
  const scripts = new Map<string, number>();
  page.on('response', async (response) => {
    if (response.request().resourceType() !== 'script') return;
    scripts.set(response.url(), gzipSync(await response.body()).byteLength);
  });
  await page.goto(values.base + path);
  await page.locator('h1').first().waitFor();
  await page.waitForTimeout(800);
  const bytes = [...scripts.values()].reduce((sum, size) => sum + size, 0);
  console.log(`${path}: ${(bytes / 1000).toFixed(1)} kB of JavaScript in ${scripts.size} files`);
  if (bytes > BUDGET) process.exitCode = 1;
  await context.close();
}
await browser.close();

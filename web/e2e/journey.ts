// What the journeys share: a server, a browser, pages that report every error, and the audit of a screen.

import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFailed } from 'vitest';
import { launch } from './browser.ts';
import { bearer, owner, startServer, type Server, type ServerOptions } from './server.ts';

/** For machines that do other work as well: what is there goes on at once, only what is missing waits this long. */
const PATIENCE_MS = 60_000;
/** Where pictures of failed journeys go. */
const RESULTS = new URL('results', import.meta.url).pathname;

/** The stream of events: as the server sends it, never answered, or ended as soon as it begins. */
type Stream = 'open' | 'held' | 'empty';

type OpenOptions = BrowserContextOptions & {
  stream?: Stream;
  /** Somebody unknown, instead of the owner. */
  signedOut?: boolean;
};

/** A server and a browser for the tests of one file. */
export interface Journey {
  base: string;
  /** The server itself. */
  server: () => Server;
  /** Asks the server something without a browser, as its owner. */
  ask: (path: string, options?: RequestInit) => Promise<Response>;
  /** Ends the server for as long as something is done without it; what pages report meanwhile is no error. */
  without: (work: () => Promise<void>) => Promise<void>;
  /** Opens a page in a browser context of its own, with nothing remembered. */
  open: (path: string, options?: OpenOptions) => Promise<Page>;
}

/** Starts what a journey needs before the tests of this file, and ends it after them. */
export function journey(options: ServerOptions = {}): Journey {
  let server: Server | undefined;
  let browser: Browser | undefined;
  /** The cookies of the owner, who signs in once. */
  let signedIn: BrowserContextOptions['storageState'];
  const errors: string[] = [];
  let opened = 0;
  const it: Journey = {
    base: '',
    server() {
      if (!server) throw new Error('the server is not there yet');
      return server;
    },
    ask(path, init = {}) {
      const headers = { ...(init.headers as Record<string, string>), ...bearer(it.server().token) };
      return fetch(it.base + path, { ...init, headers });
    },
    async without(work) {
      const before = errors.length;
      await server?.halt();
      await work();
      await server?.resume();
      errors.splice(before);
    },
    async open(path, { stream = 'open', signedOut = false, ...options } = {}) {
      if (!browser) throw new Error('the browser is not there yet');
      const context = await browser.newContext({
        viewport: { width: 1360, height: 860 },
        locale: 'en-GB',
        timezoneId: 'Europe/Zurich',
        reducedMotion: 'reduce',
        ...(signedIn && !signedOut ? { storageState: signedIn } : {}),
        ...options,
      });
      const page = await context.newPage();
      opened += 1;
      const number = opened;
      onTestFailed(({ task }) => keepPicture(page, `${task.name} ${number}`));
      page.setDefaultTimeout(PATIENCE_MS);
      page.on('pageerror', (error) => errors.push(`${page.url()}: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error')
          errors.push(`${page.url()}: ${message.text()} ${message.location().url}`);
      });
      if (stream === 'held') await page.route('**/api/v1/events', () => undefined);
      if (stream === 'empty') {
        await page.route('**/api/v1/events', (route) => route.fulfill({ contentType: 'text/event-stream' }));
      }
      await page.goto(it.base + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      return page;
    },
  };
  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer(options), launch()]);
    it.base = server.base;
    if (!options.isNew) signedIn = await signIn(browser, it.base);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    expect(errors, 'errors that pages reported').toEqual([]);
  });
  return it;
}

/** Signs the owner in through the page; what the browser keeps of it. */
async function signIn(browser: Browser, base: string): Promise<BrowserContextOptions['storageState']> {
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(`${base}/sign-in`);
  await enter(page, owner.email, owner.password);
  await page.waitForURL((url) => url.pathname !== '/sign-in', { timeout: PATIENCE_MS });
  const kept = await context.storageState({ indexedDB: false });
  await context.close();
  // Nothing is remembered but who they are.
  return { cookies: kept.cookies, origins: [] };
}

/** Fills in the sign-in form. */
export async function enter(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('Address (email)').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Keeps what was on screen when a journey failed: as a picture, and as words for whoever reads only the log. */
async function keepPicture(page: Page, name: string): Promise<void> {
  if (page.isClosed()) return;
  const file = `${RESULTS}/${name.replaceAll(/[^a-z0-9]+/gi, '-')}.png`;
  await page.screenshot({ path: file, fullPage: true });
  const words = await page.locator('body').innerText();
  console.error(`${page.url()} showed (${file}):\n${words.replaceAll(/\n\s*\n/g, '\n')}`);
}

/** Holds the screen to the accessibility rules, contrast among them, as light and (unless told not to) as dark. */
export async function audit(page: Page, looks: ('light' | 'dark')[] = ['light']): Promise<void> {
  await settled(page);
  for (const look of looks) {
    await page.emulateMedia({ colorScheme: look });
    // The size of targets belongs to the rules that are asked for by name.
    const { violations } = await new AxeBuilder({ page })
      .options({ rules: { 'target-size': { enabled: true } } })
      .analyze();
    const found = violations.map(
      (it) =>
        `${it.id}: ${it.nodes
          .map((node) => node.target.join(' '))
          .slice(0, 5)
          .join(', ')}`,
    );
    expect(found, `${look}: ${page.url()}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** Waits until nothing on the page is being asked for or drawn. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector('main [aria-busy="true"], .loading[role="progressbar"]') === null &&
      [...document.querySelectorAll('main figure .canvas')].every((it) => it.querySelector('svg') !== null),
  );
}

export async function expectVisible(...locators: Locator[]): Promise<void> {
  for (const locator of locators) await locator.first().waitFor({ state: 'visible' });
}

/** The text of what is found, its spaces evened out. */
export async function textOf(locator: Locator): Promise<string> {
  return (await locator.innerText()).replaceAll(/\s+/g, ' ').trim();
}

export function fixture(name: string): string {
  return new URL(`fixtures/${name}`, import.meta.url).pathname;
}

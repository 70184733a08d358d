import { mkdirSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import { systemClock, type Clock } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { BoardApp } from '../support/board-app.js';
import { launchChromium, violationsOf } from '../support/browser.js';
import { FakeVendor, type Answer } from '../support/fake-vendor.js';
import { impatientClock } from '../support/manual-clock.js';

const NAMES = ['zeepay', 'tartan', 'birch', 'crm', 'ledger'];
const MINUTE = 60_000;

/** With `SCREENSHOTS=1`, the pictures of `docs/board.md` are taken. */
const takesPictures = process.env['SCREENSHOTS'] === '1';

/** Real time, and what a test adds to it. The waits of retries are skipped as long as it is hasty. */
class ShiftedClock implements Clock {
  shift = 0;
  isHasty = true;

  now(): number {
    return Date.now() + this.shift;
  }

  monotonic(): number {
    return performance.now() + this.shift;
  }

  after(...timer: Parameters<Clock['after']>): () => void {
    return (this.isHasty ? impatientClock() : systemClock).after(...timer);
  }
}

describe('the board in a browser', () => {
  const clock = new ShiftedClock();
  let browser: Browser;
  let vendors: Record<string, FakeVendor>;
  let board: BoardApp;

  /** An hour with an outage that is over, one that is not, a refused secret, and accounts. */
  beforeAll(async () => {
    const started = await Promise.all(NAMES.map(() => FakeVendor.start()));
    vendors = Object.fromEntries(NAMES.map((name, i) => [name, started[i]!]));
    board = await BoardApp.start({
      clock,
      providers: NAMES.map((name) => acme(vendors[name]!, { name })),
      accountLabel: ({ subject }) => `tenant ${subject}`,
      board: { allowActions: true },
    });
    const { zeepay, tartan, birch, crm } = vendors;
    for (const vendor of started) answer(vendor, () => vendor.grant({ expires_in: 600 }));
    const outage: Answer = { status: 503 };
    const refusal: Answer = { status: 401, body: { error: 'invalid_client' } };
    for (let minute = 0; minute < 58; minute++) {
      clock.shift += MINUTE;
      if (minute === 20) answer(zeepay!, () => outage);
      if (minute === 34) answer(zeepay!, () => zeepay!.grant({ expires_in: 600 }));
      if (minute === 44) zeepay!.live.clear();
      if (minute === 54) answer(tartan!, () => outage);
      if (minute === 46) answer(birch!, () => refusal);
      await Promise.all(['zeepay', 'tartan', 'birch'].map(call));
    }
    const subjects = Array.from({ length: 40 }, (_, i) => `${4_700 + i}`);
    for (const subject of subjects) await board.tokens('crm').getToken({ subject });
    answer(crm!, () => ({ status: 400, body: { error: 'invalid_grant' } }));
    for (const subject of ['4811', '4812']) {
      await board
        .tokens('crm')
        .getToken({ subject })
        .catch(() => {});
    }
    clock.isHasty = false;
    browser = await launchChromium();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await board.close();
    await Promise.all(Object.values(vendors).map((vendor) => vendor.close()));
  });

  /** The clock of the vendor is right. */
  function answer(vendor: FakeVendor, make: () => Answer): void {
    vendor.onToken = () => ({
      headers: { Date: new Date(clock.now()).toUTCString() },
      ...make(),
    });
  }

  const call = (name: string) =>
    board
      .http(name)
      .axiosRef.get('/orders')
      .catch(() => {});

  async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 }, ...options });
    await page.goto(`${board.url}/oauth2`);
    if (options.javaScriptEnabled !== false)
      await page.getByText('Live', { exact: true }).waitFor();
    return page;
  }

  it.each<[string, Parameters<Browser['newPage']>[0]]>([
    ['desktop', {}],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 390, height: 844 } }],
  ])('has no violation of accessibility: %s', async (name, options) => {
    const page = await open(options);
    expect(await page.locator('article').count()).toBe(5);
    await page.locator('details').first().locator('summary').click();
    expect(await violationsOf(page)).toEqual([]);
    await page.locator('details').first().locator('summary').click();
    const width = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(width).toBeLessThanOrEqual(0);
    if (takesPictures) {
      mkdirSync('docs/images', { recursive: true });
      await page.screenshot({ path: `docs/images/board-${name}.png` });
    }
    await page.close();
  });

  it('can be read without a script', async () => {
    const page = await open({ javaScriptEnabled: false });
    const birch = page.getByRole('article', { name: 'birch' });
    expect(await birch.innerText()).toMatch(/Down[^]*What to do:/);
    await page.getByLabel('Account or provider').fill('4811');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.getByText('1 of 42 accounts').count()).toBe(1);
    expect(await page.getByText('Reload').count()).toBe(1);
    await page.close();
  });

  it('renews with a button, by keyboard, and keeps the focus when the page is updated', async () => {
    const page = await open();
    const button = page.getByRole('button', { name: 'Renew the token of ledger' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByText('[ledger] There is a new token.').waitFor();
    await page.getByRole('article', { name: 'ledger' }).getByText('Up').waitFor();
    const focused = page.locator('button:focus');
    expect(await focused.getAttribute('aria-label')).toBe('Renew the token of ledger');
    expect(await page.locator('#news').textContent()).toContain('ledger is up');
    await page.close();
  });

  it('counts the seconds, and says in its title how many providers are in trouble', async () => {
    const page = await open();
    expect(await page.title()).toBe('(3) OAuth 2.0 tokens');
    const expiry = page.getByRole('article', { name: 'zeepay' }).locator('time').first();
    const first = await expiry.textContent();
    await expiry.filter({ hasNotText: first! }).waitFor();
    await page.close();
  });

  it('loads nothing from elsewhere, and has no error in its console', async () => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      const isOwn = /^(data:|http:\/\/127\.0\.0\.1:)/.test(request.url());
      if (!isOwn) problems.push(request.url());
    });
    await page.goto(`${board.url}/oauth2`);
    await page.getByText('Live', { exact: true }).waitFor();
    expect(problems).toEqual([]);
    await page.close();
  });
});

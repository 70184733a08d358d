import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from '@jest/globals';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Browser, FrameLocator, Page } from 'playwright-core';

import { launchChromium, violationsOf } from '../../test/support/browser.js';
import { SampleApp } from './sample-app.js';

const ADAPTERS = { Express: ExpressAdapter, Fastify: FastifyAdapter };

// A second is long enough on a machine that has nothing else to do.
jest.retryTimes(3);

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

describe.each(['Express', 'Fastify'] as const)('the page of the sample on %s', (platform) => {
  let sample: SampleApp;
  let page: Page;
  let board: FrameLocator;

  beforeEach(async () => {
    for (const out of [process.stdout, process.stderr])
      jest.spyOn(out, 'write').mockReturnValue(true);
    sample = await SampleApp.start({ adapter: new ADAPTERS[platform](), logs: true });
    for (const path of ['/payouts', '/employees']) await sample.get(path);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(5_000);
    await page.goto(sample.url);
    board = page.frameLocator('iframe');
    await board.getByText('Live', { exact: true }).waitFor();
  });
  afterEach(async () => {
    await page.close();
    await sample.close();
  });

  const zeepay = () => board.getByRole('article', { name: 'zeepay' });
  /** Presses a button of Zeepay and says how long the board took to show a text. */
  const shownAfter = async (button: string, text: RegExp | string) => {
    const vendor = page.getByRole('region', { name: 'zeepay' });
    await vendor.getByRole('button', { name: button, exact: true }).click();
    const begun = performance.now();
    await zeepay().getByText(text).first().waitFor();
    return performance.now() - begun;
  };

  it.each([
    ['Revoke', /1 token rejected by the API/, 'Up'],
    ['Outage', 'The token endpoint answered 503', 'Down'],
    ['Slow', 'renewing …', 'Idle'],
    ['Wrong password', /Invalid credentials/, 'Down'],
  ])('shows "%s" on the board within a second', async (button, text, state) => {
    expect(await shownAfter(button, text)).toBeLessThan(1_000);
    await zeepay().getByText(state, { exact: true }).waitFor();
  });

  it('shows an outage in the log, and on the board how it ends', async () => {
    await shownAfter('Outage', 'Down');
    const log = page.getByRole('list', { name: 'Log' });
    await log.getByText('calls fail').first().waitFor();
    await page.getByText('✕ TOKEN_ENDPOINT_UNAVAILABLE').waitFor();
    await zeepay().getByText('What to do:').waitFor();
    expect(await zeepay().innerText()).toMatch(/Next attempt\s+in \d+ s/);
  });
});

it('axe finds nothing wrong on the page of the sample', async () => {
  const sample = await SampleApp.start();
  const page = await browser.newPage();
  await page.goto(sample.url);
  expect(await violationsOf(page)).toEqual([]);
  await page.close();
  await sample.close();
});

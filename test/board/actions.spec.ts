import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { acme } from '../support/acme.js';
import { BoardApp, PLATFORMS } from '../support/board-app.js';
import { FakeVendor } from '../support/fake-vendor.js';

const OWN_PAGE = { 'sec-fetch-site': 'same-origin' };
const RENEW = '/oauth2/renew?provider=provider-0';
const INVALIDATE = '/oauth2/invalidate?provider=provider-0';

describe.each(PLATFORMS)('the buttons of the board on %s', (platform) => {
  let vendor: FakeVendor;
  let board: BoardApp;
  const start = async (allowActions = true) => {
    board = await BoardApp.start({
      platform,
      providers: [acme(vendor)],
      accountLabel: ({ subject }) => (subject === 'a' ? 'alpha' : 'others'),
      board: { allowActions },
    });
  };
  const told = async (path: string) =>
    (await board.post(path, { ...OWN_PAGE, accept: 'text/plain' })).text();

  beforeEach(async () => {
    vendor = await FakeVendor.start();
  });
  afterEach(async () => {
    await board.close();
    await vendor.close();
  });

  it('are absent and refused unless they are allowed', async () => {
    await start(false);
    await board.tokens().getToken();
    expect(await board.page()).not.toContain('method="post"');
    expect((await board.post(RENEW, OWN_PAGE)).status).toBe(403);
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another origin of the site', { 'sec-fetch-site': 'same-site' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['another origin, without Sec-Fetch-Site', { origin: 'https://evil.example' }],
    ['an opaque origin', { origin: 'null' }],
    ['a client that does not say where it comes from', {}],
  ])('refuse a request from %s', async (_who, headers) => {
    await start();
    await board.tokens().getToken();
    expect((await board.post(INVALIDATE, headers)).status).toBe(403);
    expect(board.tokens().status().token).toBe('fresh');
  });

  it('accept a request whose Origin is that of the page, if there is no Sec-Fetch-Site', async () => {
    await start();
    await board.tokens().getToken();
    expect((await board.post(INVALIDATE, { origin: board.url })).status).toBe(303);
    expect(board.tokens().status().token).toBe('none');
  });

  it('lead back to the page, which says what was done', async () => {
    await start();
    const response = await board.post(RENEW, OWN_PAGE);
    expect(response.status).toBe(303);
    const page = await fetch(new URL(response.headers.get('location')!, response.url));
    expect(new URL(page.url).pathname).toBe('/oauth2');
    expect(await page.text()).toMatch(/role="status">\s*\[acme\] There is a new token\./);
  });

  it('show no text that only the URL contains', async () => {
    await start();
    expect(await board.page('?notice=Call+0900+12345')).not.toContain('0900');
  });

  it('renew a token once in ten seconds', async () => {
    await start();
    await board.tokens().getToken();
    expect(await told(RENEW)).toBe('[acme] There is a new token.');
    expect(await told(RENEW)).toBe(
      '[acme] The token stays: a renewal was forced less than 10 s ago.',
    );
    expect(vendor.tokenRequests).toHaveLength(2);
  });

  it('do not ask a token endpoint that is left alone after a failure', async () => {
    await start();
    vendor.onToken = () => ({ status: 401, body: { error: 'invalid_client' } });
    await board
      .tokens()
      .getToken()
      .catch(() => {});
    const asked = vendor.tokenRequests.length;
    expect(await told(RENEW)).toMatch(
      /There is no new token\. .*The next attempt is due in \d+ s\./,
    );
    expect(vendor.tokenRequests).toHaveLength(asked);
  });

  it('renew and invalidate one account by its label', async () => {
    await start();
    for (const subject of ['a', 'b']) await board.tokens().getToken({ subject });
    expect(await told(`${INVALIDATE}&account=alpha`)).toContain('[acme, account alpha]');
    expect(board.tokens().status({ subject: 'a' }).token).toBe('none');
    expect(board.tokens().status({ subject: 'b' }).token).toBe('fresh');
    expect(await told(`${RENEW}&account=alpha`)).toContain('There is a new token.');
    expect(board.tokens().status({ subject: 'a' }).token).toBe('fresh');
  });

  it('do nothing when a label is unknown or belongs to several accounts', async () => {
    await start();
    for (const subject of ['b', 'c']) await board.tokens().getToken({ subject });
    for (const query of ['provider-0&account=others', 'provider-0&account=x', 'provider-9']) {
      const response = await board.post(`/oauth2/invalidate?provider=${query}`, OWN_PAGE);
      expect(response.status).toBe(404);
    }
    expect(board.tokens().status({ subject: 'b' }).token).toBe('fresh');
  });

  it('need no body, so a form without a script works', async () => {
    await start();
    const headers = { ...OWN_PAGE, 'content-type': 'text/plain' };
    const response = await fetch(`${board.url}${RENEW}`, {
      method: 'POST',
      headers,
      body: '',
      redirect: 'manual',
    });
    expect(response.status).toBe(303);
  });
});

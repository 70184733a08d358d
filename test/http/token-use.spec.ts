import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import { values } from '../../lib/index.js';
import { digest, Secret, type TokenUse, type UseContext } from '../../lib/define.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = 'access-token-number-1';
const KEY = 'pK3-vR8.wQ1zN6';

describe('a token travels', () => {
  let vendor: FakeVendor;
  let app: App | undefined;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onApi = () => ({ body: {} });
  });
  afterEach(async () => {
    await Promise.all([app?.close(), vendor.close()]);
    app = undefined;
  });

  const start = async (use: TokenUse | undefined, changes: object = {}) => {
    const clock = new ManualClock();
    app = await App.start({ runtime: { clock }, providers: [acme(vendor, { use, ...changes })] });
    return clock;
  };
  const send = (config: AxiosRequestConfig = {}) =>
    firstValueFrom(app!.http('acme').request({ url: '/orders', ...config }));
  const arrived = () => vendor.apiRequests.at(-1)!;

  it.each<[string, TokenUse, Record<string, string | undefined>]>([
    ['under another scheme', { scheme: 'Token' }, { authorization: `Token ${TOKEN}` }],
    ['without a scheme', { scheme: '' }, { authorization: TOKEN }],
    [
      'in another header',
      { header: 'X-Auth-Token' },
      { 'x-auth-token': TOKEN, authorization: undefined },
    ],
    [
      'in another header with a scheme',
      { header: 'X-Auth', scheme: 'Basic' },
      { 'x-auth': `Basic ${TOKEN}` },
    ],
    ['in a cookie', { cookie: 'sid' }, { cookie: `sid=${TOKEN}`, authorization: undefined }],
    [
      'as Bearer where only other headers are added',
      { headers: { 'x-a': 'b' } },
      { 'x-a': 'b', authorization: `Bearer ${TOKEN}` },
    ],
  ])('a token travels %s', async (_how, use, headers) => {
    await start(use);
    await send();
    for (const [name, value] of Object.entries(headers)) {
      expect([name, arrived().headers[name]]).toEqual([name, value]);
    }
    expect([...arrived().query]).toEqual([]);
  });

  it("a token travels in the URL, after the caller's query", async () => {
    await start({ queryParameter: 'key' });
    await send({ url: '/orders?page=2' });
    expect([...arrived().query]).toEqual([
      ['page', '2'],
      ['key', TOKEN],
    ]);
    expect(arrived().headers.authorization).toBeUndefined();
  });

  it.each<[string | string[], string]>([
    ['theme=dark; lang=en', `theme=dark; lang=en; sid=${TOKEN}`],
    [['theme=dark', 'lang=en'], `theme=dark; lang=en; sid=${TOKEN}`],
    ['', `sid=${TOKEN}`],
    [[], `sid=${TOKEN}`],
  ])(
    "a token travels in a cookie beside the caller's own cookies, %j",
    async (Cookie, expected) => {
      await start({ cookie: 'sid' });
      await send({ headers: { Cookie } });
      expect(arrived().headers.cookie).toBe(expected);
    },
  );

  it('a token whose characters would break a cookie is not sent', async () => {
    vendor.onToken = () => ({ body: { access_token: 'abc;admin=1' } });
    await start({ cookie: 'sid' });
    expect(await rejection(send())).toMatchObject({ code: 'REQUEST_INVALID' });
    expect(vendor.apiRequests).toHaveLength(0);
  });

  it('the header of a token cannot also be set for all requests', async () => {
    const axios = { headers: { 'x-api-key': 'other' } };
    expect(await rejection(start({ header: 'x-api-key' }, { axios }))).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('`headers.x-api-key`'),
    });
  });

  it('`use` decides how a token travels, whatever the `token_type` of the response', async () => {
    vendor.onToken = () => vendor.grant({ token_type: 'mac' });
    await start({ header: 'x-token' });
    await send();
    expect(arrived().headers['x-token']).toBe(TOKEN);
  });

  describe('with further headers', () => {
    it('functions for headers get the token, the account, the time and an identifier', async () => {
      vendor.onToken = () => vendor.grant({ region: 'eu' });
      const seen: UseContext[] = [];
      const clock = await start({
        headers: {
          'X-App-Key': new Secret(KEY),
          'X-Digest': ({ accessToken }) => digest('sha256', accessToken),
          'X-Region': ({ tokens }) => String(tokens.extra['region']),
          'X-Merchant': values.subject,
          'X-Request-Id': values.uuid,
          'X-Same-Id': values.uuid,
          'X-At': values.epochSeconds,
          'X-None': (context) => void seen.push(context),
        },
      });
      await send({ oauth2: { subject: 'ama' } });
      await send({ oauth2: { subject: 'ama' } });
      const [first, second] = vendor.apiRequests.map(({ headers }) => headers);
      expect(first).toMatchObject({
        'x-app-key': KEY,
        'x-digest': digest('sha256', TOKEN),
        'x-region': 'eu',
        'x-merchant': 'ama',
        'x-same-id': first!['x-request-id'],
        'x-at': String(Math.floor(clock.now() / 1_000)),
        authorization: `Bearer ${TOKEN}`,
      });
      expect(first).not.toHaveProperty('x-none');
      expect(second!['x-request-id']).not.toBe(first!['x-request-id']);
      expect(seen).toHaveLength(2);
    });

    it('functions for headers get the default subject of calls that name none', async () => {
      const headers = { 'x-merchant': ({ subject }: UseContext) => subject };
      await start({ headers }, { subject: () => 'merchant-7' });
      await send();
      expect(arrived().headers['x-merchant']).toBe('merchant-7');
    });

    it('headers of functions are computed again for a retry', async () => {
      vendor.onApi = (request) => vendor.protect(request);
      await start({ headers: { 'x-id': values.uuid, 'x-of': ({ accessToken }) => accessToken } });
      await send();
      vendor.revokeAll();
      await send();
      const [, rejected, replayed] = vendor.apiRequests.map(({ headers }) => headers);
      expect([rejected!['x-of'], replayed!['x-of']]).toEqual([TOKEN, 'access-token-number-2']);
      expect(replayed!['x-id']).not.toBe(rejected!['x-id']);
    });

    it('headers of `use` replace those of the caller', async () => {
      await start({ headers: { 'x-app-key': KEY } });
      await send({ headers: { 'X-App-Key': 'other' } });
      expect(arrived().headers['x-app-key']).toBe(KEY);
    });

    it('a request is not sent if a header of `use` would contain a line break', async () => {
      await start({ headers: { 'x-a': ({ subject }) => `${subject ?? ''}\r\nx-evil: 1` } });
      expect(await rejection(send())).toBeInstanceOf(Error);
      expect(vendor.apiRequests).toHaveLength(0);
    });

    it.each<[string, object]>([
      ['a header function that returns an object', { headers: { 'x-a': () => ({}) } }],
      [
        'a header function that returns a promise',
        { headers: { 'x-a': () => Promise.resolve('a') } },
      ],
      ['a signature that is undefined', { sign: () => undefined }],
      ['a signature that is a string', { sign: () => 'x' }],
      ['a signature with a misspelled member', { sign: () => ({ header: { 'x-a': 'a' } }) }],
      [
        'a signature with a header without a value',
        { sign: () => ({ headers: { 'x-a': undefined } }) },
      ],
    ])('a request is not sent if `use` returns an invalid value: %s', async (_what, use) => {
      await start(use);
      expect(await rejection(send())).toMatchObject({ code: 'REQUEST_INVALID' });
      expect(vendor.apiRequests).toHaveLength(0);
    });

    it('responses and errors show nothing of the headers of `use`', async () => {
      await start({ header: 'x-token', headers: { 'x-app-key': KEY }, cookie: undefined });
      const { config, headers, request } = await send();
      expectNoSecret([config, headers, request], [TOKEN, KEY]);
      vendor.onApi = () => ({ status: 404 });
      expectNoSecret(await rejection(send()), [TOKEN, KEY]);
      expectNoSecret(app!.log.lines, [TOKEN, KEY]);
    });
  });

  describe("beside the caller's own credentials", () => {
    it('the token is not sent if the caller sets its header', async () => {
      await start({ header: 'X-Auth-Token' });
      await send({ headers: { 'x-auth-token': 'mine' } });
      expect(arrived().headers['x-auth-token']).toBe('mine');
      expect(vendor.tokenRequests).toHaveLength(0);
    });

    it("the token is sent beside the caller's credentials in another header", async () => {
      await start({ header: 'X-Auth-Token' });
      await send({ headers: { Authorization: 'Basic bWluZQ==' } });
      expect(arrived().headers).toMatchObject({
        authorization: 'Basic bWluZQ==',
        'x-auth-token': TOKEN,
      });
    });

    it("the token in another header is sent beside the caller's `auth`", async () => {
      await start({ cookie: 'sid' });
      await send({ auth: { username: 'a', password: 'b' } });
      expect(arrived().headers).toMatchObject({
        authorization: 'Basic YTpi',
        cookie: `sid=${TOKEN}`,
      });
    });
  });
});

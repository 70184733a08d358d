import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fakeTokenProvider, type FakeTokenProvider } from 'nestjs-oauth2-client/testing';
import { firstValueFrom } from 'rxjs';

import {
  getTokenProviderToken,
  OAuth2ClientError,
  TokenProvider,
  TokenProviders,
  type TokenSet,
} from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

const OUTAGE = new OAuth2ClientError({
  code: 'TOKEN_ENDPOINT_UNAVAILABLE',
  provider: 'acme',
  stage: 'token request',
  reason: 'The token endpoint answered 503.',
  hint: 'Wait.',
  retryable: true,
});

const accessTokens = (...tokens: readonly (TokenSet | undefined)[]) =>
  tokens.map((token) => token?.accessToken);

describe('an app whose TokenProvider is a fakeTokenProvider()', () => {
  let vendor: FakeVendor;
  let app: App | undefined;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onApi = () => ({});
  });

  afterEach(() => Promise.all([app?.close(), vendor.close()]));

  const start = async (double: object) =>
    (app = await App.start({
      providers: [acme(vendor), acme(vendor, { name: 'real', baseURL: `${vendor.url}/real` })],
      adjust: (builder) => builder.overrideProvider(getTokenProviderToken('acme')).useValue(double),
    }));
  const get = (http = app!.http('acme'), url = '/a') => firstValueFrom(http.get(url));
  const sent = () => vendor.apiRequests.map(({ token }) => token);

  it('every HttpService sends the tokens of a fakeTokenProvider(), without a token request', async () => {
    const tokens = fakeTokenProvider({ name: 'acme' });
    await start(tokens);
    await get();
    await get(app!.http(), `${vendor.url}/b`);
    expect(sent()).toEqual(['test-token-1', 'test-token-1']);
    expect(vendor.tokenRequests).toHaveLength(0);
    expect(app!.tokens('acme')).toBe(tokens);
    expect(app!.module.get(TokenProviders).get('acme')).toBe(tokens);
    expect(tokens.calls).toEqual([{ method: 'peek' }, { method: 'getToken' }, { method: 'peek' }]);
  });

  it('a request that gets a 401 is repeated with the next token of a fakeTokenProvider()', async () => {
    await start(fakeTokenProvider());
    vendor.onApi = ({ token }) => ({ status: token === 'test-token-1' ? 401 : 200 });
    expect((await get()).status).toBe(200);
    expect(sent()).toEqual(['test-token-1', 'test-token-2']);
  });

  it('a request that gets a 401 is not repeated if the fakeTokenProvider() has a fixed token', async () => {
    await start(fakeTokenProvider({ token: { accessToken: 'fixed' } }));
    vendor.onApi = () => ({ status: 401 });
    expect(await rejection(get())).toMatchObject({ response: { status: 401 } });
    expect(sent()).toEqual(['fixed']);
  });

  it('a request fails with the error of a fakeTokenProvider() that has no token', async () => {
    await start(fakeTokenProvider({ error: OUTAGE }));
    expect(await rejection(get())).toMatchObject({ code: 'TOKEN_ENDPOINT_UNAVAILABLE' });
    expect(vendor.apiRequests).toHaveLength(0);
  });

  it('an app with a fakeTokenProvider() closes, and so do its real providers', async () => {
    await start(fakeTokenProvider());
    await app!.close();
    const error = await rejection(app!.module.get(TokenProviders).get('real').getToken());
    expect(error).toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(app!.log.lines.filter((line) => line.includes('failed to close'))).toEqual([]);
  });

  describe('or of an object that a test has made by hand', () => {
    const token = async () => fakeTokenProvider({ token: { accessToken: 'by-hand' } }).getToken();

    it('an app sends the token of an object that only has getToken, and closes', async () => {
      await start({ getToken: token });
      await get();
      await get(app!.http(), `${vendor.url}/b`);
      expect(sent()).toEqual(['by-hand', 'by-hand']);
      await app!.close();
    });

    it('a 401 is returned if the object in place of a TokenProvider has no renew', async () => {
      await start({ getToken: token });
      vendor.onApi = () => ({ status: 401 });
      expect(await rejection(get())).toMatchObject({ response: { status: 401 } });
      expect(sent()).toEqual(['by-hand']);
    });

    it.each<[string, object, string, RegExp]>([
      ['has no getToken', {}, 'CONFIGURATION_INVALID', /no `getToken`/],
      ['returns nothing', { getToken: () => undefined }, 'TOKEN_RESPONSE_INVALID', /TokenSet/],
      ['returns a string', { getToken: () => 'a-token' }, 'TOKEN_RESPONSE_INVALID', /TokenSet/],
      [
        'returns a string from peek',
        { peek: () => 'a-token' },
        'TOKEN_RESPONSE_INVALID',
        /TokenSet/,
      ],
      [
        'is an automatic mock',
        { peek: jest.fn(), getToken: jest.fn(), close: jest.fn() },
        'TOKEN_RESPONSE_INVALID',
        /TokenSet/,
      ],
    ])(
      'nothing is sent, and the error says what to do, if the object in place of a TokenProvider %s',
      async (_what, double, code, text) => {
        await start(double);
        const error = await rejection(get());
        expect(error).toMatchObject({
          code,
          provider: 'acme',
          message: expect.stringMatching(text),
        });
        expect(String(error)).toContain('fakeTokenProvider()');
        expect(vendor.apiRequests).toHaveLength(0);
      },
    );

    it('the error says what to do if renew of a hand-made object returns no TokenSet', async () => {
      await start({ getToken: token, renew: jest.fn() });
      vendor.onApi = () => ({ status: 401 });
      expect(await rejection(get())).toMatchObject({ code: 'TOKEN_RESPONSE_INVALID' });
    });

    it('a hand-made object that fails to close is logged without the text of its error', async () => {
      await start({ getToken: token, close: () => Promise.reject(new RangeError('s3cret')) });
      await app!.close();
      const lines = app!.log.lines.filter((line) => line.includes('failed to close'));
      expect(lines).toEqual([expect.stringMatching(/^warn \[acme\] .*\(RangeError\)/)]);
    });
  });
});

describe('fakeTokenProvider()', () => {
  let tokens: FakeTokenProvider;
  beforeEach(() => {
    tokens = fakeTokenProvider();
  });

  it('fakeTokenProvider() has every method of a TokenProvider', () => {
    const methods = Object.getOwnPropertyNames(TokenProvider.prototype);
    expect(methods.filter((name) => typeof Reflect.get(tokens, name) !== 'function')).toEqual([]);
  });

  it('fakeTokenProvider() has a token for each account, and peek returns only tokens that were obtained', async () => {
    expect(tokens.peek()).toBeUndefined();
    const own = await tokens.getToken();
    const tenant = await tokens.for('tenant-7').getToken();
    const scoped = await tokens.getToken({ scope: 'b a' });
    expect(accessTokens(own, tenant, scoped)).toEqual([
      'test-token-1',
      'test-token-2',
      'test-token-3',
    ]);
    expect(tokens.peek()).toBe(own);
    expect(tokens.peek({ subject: 'tenant-7' })).toBe(tenant);
    expect(tokens.peek({ scope: ['a', 'b'] })).toBe(scoped);
  });

  it('fakeTokenProvider() renews only the current token', async () => {
    const first = await tokens.getToken();
    const second = await tokens.renew(first);
    const again = await tokens.renew(first.accessToken);
    expect(accessTokens(second, again)).toEqual(['test-token-2', 'test-token-2']);
  });

  it('fakeTokenProvider() makes the next token after invalidate() and after revoke()', async () => {
    await tokens.getToken();
    tokens.invalidate();
    expect(tokens.peek()).toBeUndefined();
    const second = await tokens.getToken();
    await tokens.revoke();
    expect(accessTokens(second, await tokens.getToken())).toEqual(['test-token-2', 'test-token-3']);
  });

  it('fakeTokenProvider() records its calls without their signals', async () => {
    const { signal } = new AbortController();
    const first = await tokens.getToken({ subject: 's', signal });
    await tokens.renew(first, { subject: 's', scope: 'a' });
    tokens.invalidate({ resource: 'https://api.example' });
    expect(tokens.calls).toEqual([
      { method: 'getToken', subject: 's' },
      { method: 'renew', subject: 's', scope: 'a', rejected: 'test-token-1' },
      { method: 'invalidate', resource: 'https://api.example' },
    ]);
  });

  it('fakeTokenProvider() has a status', async () => {
    expect(tokens.status()).toMatchObject({ provider: 'fake', token: 'none', failures: 0 });
    const { expiresAt } = await tokens.getToken();
    expect(tokens.status()).toMatchObject({ token: 'fresh', expiresAt });
    expect(fakeTokenProvider({ name: 'acme', error: OUTAGE }).status()).toMatchObject({
      provider: 'acme',
      token: 'none',
      failures: 1,
      error: OUTAGE,
    });
  });

  it('fakeTokenProvider() makes token sets with the members that a test wants', async () => {
    const extra = { instance_url: 'https://eu.example' };
    const token = await fakeTokenProvider({ token: { extra, tokenType: 'Token' } }).getToken();
    expect(token).toMatchObject({ authorization: 'Token test-token-1', extra });
    expect(token.expiresAt).toBeGreaterThan(Date.now());
  });

  it('fakeTokenProvider() refuses an invalid account and an aborted signal as a TokenProvider does', async () => {
    expect(() => tokens.peek({ subject: '' })).toThrow('`subject` must be a non-empty string');
    expect(() => tokens.for('')).toThrow('`subject` must be a non-empty string');
    const error = await rejection(tokens.getToken({ subject: undefined! }));
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', provider: 'fake' });
    const signal = AbortSignal.abort(new Error('gone'));
    expect(await rejection(tokens.getToken({ signal }))).toMatchObject({ message: 'gone' });
  });

  it('a test can spy on the methods of fakeTokenProvider() and replace them', async () => {
    const spy = jest.spyOn(tokens, 'getToken').mockRejectedValueOnce(OUTAGE);
    expect(await rejection(tokens.getToken())).toBe(OUTAGE);
    expect((await tokens.getToken()).accessToken).toBe('test-token-1');
    expect(spy).toHaveBeenCalledTimes(2);
  });
});

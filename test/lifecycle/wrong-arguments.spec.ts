import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  defineProvider,
  OAuth2ClientModule,
  OAuth2HttpInterceptor,
  TokenProviders,
  type TokenProvider,
} from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';

/** JavaScript and wrong casts let such arguments through. */
type Loose = Record<string, (...args: unknown[]) => unknown>;

describe('a public method with wrong arguments', () => {
  let vendor: FakeVendor;
  let app: App;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    app = await App.start({
      providers: [acme(vendor, { revocation: '/revoke' })],
    });
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const failureOf = (call: () => unknown) => rejection(Promise.resolve().then(call));
  const methods = ['getToken', 'peek', 'invalidate', 'revoke', 'status'] as const;

  it.each(methods.flatMap((method) => [null, 'subject-1', 5, true].map((it) => [method, it])))(
    '%s(%j) fails with an error that asks for an object',
    async (method, argument) => {
      const tokens = app.tokens('acme') as unknown as Loose;
      const error = await failureOf(() => tokens[method as string]!(argument));
      expect(error).toMatchObject({ code: 'REQUEST_INVALID', provider: 'acme' });
      expect(String(error)).toContain('it must be an object of `subject`, `scope` and `resource`');
      expect(vendor.tokenRequests).toEqual([]);
    },
  );

  it.each(['getToken', 'revoke'])(
    '%s fails with an error that asks for an AbortSignal',
    async (method) => {
      const tokens = app.tokens('acme') as unknown as Loose;
      const error = await failureOf(() => tokens[method]!({ signal: new AbortController() }));
      expect(String(error)).toContain('`signal` must be an AbortSignal');
    },
  );

  it.each([undefined, null, '', {}, 5, { subject: 'a' }])(
    'renew(%j) fails with an error that asks for the rejected token',
    async (argument) => {
      const tokens = app.tokens('acme') as unknown as Loose;
      for (const prepare of [
        () => undefined,
        () => (tokens as unknown as TokenProvider).getToken(),
      ]) {
        await prepare();
        const error = await failureOf(() => tokens['renew']!(argument));
        expect(error).toMatchObject({ code: 'REQUEST_INVALID', provider: 'acme' });
        expect(String(error)).toMatch(/`renew\(\)` was called without the token.*`invalidate\(\)`/);
      }
    },
  );

  it('for() fails with an error that asks for a subject', async () => {
    const tokens = app.tokens('acme') as unknown as Loose;
    for (const argument of [undefined, null, '', 5]) {
      expect(String(await failureOf(() => tokens['for']!(argument)))).toContain(
        '`subject` must be',
      );
    }
  });

  it('TokenProviders.get() without a name fails with the known names', async () => {
    const providers = app.module.get<Loose>(TokenProviders);
    for (const argument of [undefined, null, '', 5, Symbol('acme')]) {
      const error = await failureOf(() => providers['get']!(argument));
      expect(error).toMatchObject({ code: 'PROVIDER_UNKNOWN' });
      expect(String(error)).toMatch(/The name of a provider is missing.*Known providers: acme/);
    }
  });

  it('attach() fails with an error that asks for an axios instance', async () => {
    const interceptor = app.module.get<Loose>(OAuth2HttpInterceptor);
    for (const argument of [undefined, null, 'acme', {}, app.http('acme'), () => {}]) {
      const error = await failureOf(() => interceptor['attach']!(argument));
      expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
      expect(String(error)).toMatch(/not an axios instance.*`axiosRef` of an HttpService/);
    }
    expect(() => interceptor['detach']!(undefined)).not.toThrow();
  });
});

describe('a static method with wrong arguments', () => {
  it.each<[unknown, string]>([
    [undefined, '`forRootAsync()` was called without options'],
    [null, '`forRootAsync()` was called without options'],
    [{ names: 'acme', useFactory: () => ({}) }, '`names` that are not a list of strings'],
    [{ names: ['acme'] }, 'got no factory of the options'],
  ])('forRootAsync(%j) fails with an error that names what is missing', (options, message) => {
    const { forRootAsync } = OAuth2ClientModule as unknown as Loose;
    expect(() => forRootAsync!.call(OAuth2ClientModule, options)).toThrow(message);
  });

  it.each([undefined, null, 'acme', 5])(
    'the result of defineProvider(%j) is refused at start',
    async (made) => {
      const definition = (defineProvider as (made: unknown) => never)(made);
      const error = await rejection(App.start({ providers: [definition] }));
      expect(String(error)).toContain('providers[0]: must be a provider definition');
    },
  );
});

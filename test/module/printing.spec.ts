import { inspect } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import {
  OAuth2ClientModule,
  OAuth2HttpInterceptor,
  tartan,
  TokenProviders,
  zeepay,
} from '../../lib/index.js';
import { acme, CLIENT_SECRET } from '../support/acme.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const PASSWORD = 'Gy6-tRe2+wQa9';
const REFRESH_TOKEN = 'rT5.bNm3.kLo8.pXz1';
const CREDENTIALS = [CLIENT_SECRET, PASSWORD];
const TOKENS = ['access-token-number-1', REFRESH_TOKEN];

describe('no secret is printed', () => {
  let vendor: FakeVendor;
  let clock: ManualClock;
  let app: App;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onToken = () => vendor.grant({ refresh_token: REFRESH_TOKEN });
    clock = new ManualClock();
    app = await App.start({
      runtime: { clock, random: () => 0 },
      providers: [acme(vendor, { grantType: 'password', username: 'ama', password: PASSWORD })],
    });
    await firstValueFrom(app.http('acme').get('/orders'));
    expect(vendor.tokenRequests[0]?.form).toMatchObject({ password: PASSWORD });
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  it.each<[string, () => unknown]>([
    ['a TokenProvider', () => app.tokens('acme')],
    ['its status', () => app.tokens('acme').status()],
    ['a TokenSet', () => app.tokens('acme').peek()],
    ['TokenProviders', () => app.module.get(TokenProviders)],
    ['an HttpService', () => app.http('acme')],
    ['the interceptor', () => app.module.get(OAuth2HttpInterceptor)],
    ['the log', () => app.log.lines],
    ['the module', () => inspect(app.module.get(OAuth2ClientModule), { depth: 12 })],
    ['a definition', () => acme(vendor, { grantType: 'password', password: PASSWORD })],
    ['a definition of Zeepay', () => shipped()[0]],
    ['a definition of Tartan', () => shipped()[1]],
  ])('with %s', (_what, value) => {
    expectNoSecret(value(), [...CREDENTIALS, ...TOKENS]);
  });

  it('nothing that the module keeps in the container of Nest prints a secret', () => {
    const { container } = app.module as unknown as { container: { getModules(): NestModules } };
    const own = [...container.getModules().values()].filter((m) => m.name === 'OAuth2ClientModule');
    const kept = own.flatMap(({ providers }) => [...providers.values()].map((p) => p.instance));
    expect(kept.length).toBeGreaterThan(8);
    for (const instance of kept) {
      const text = inspect(instance, { depth: 5, showHidden: true });
      for (const secret of [...CREDENTIALS, ...TOKENS]) {
        expect([secret, text.includes(secret)]).toEqual([secret, false]);
      }
    }
  });

  it('no event in the life of a token prints a secret', async () => {
    clock.advance(3_500_000);
    await firstValueFrom(app.http('acme').get('/orders'));
    vendor.revokeAll();
    await firstValueFrom(app.http('acme').get('/orders'));
    clock.advance(3_600_000);
    vendor.onToken = ({ form }) => ({
      status: 400,
      body: { error: 1, message: JSON.stringify(form) },
    });
    await firstValueFrom(app.http('acme').get('/orders')).catch(() => {});
    expect(app.log.lines.length).toBeGreaterThanOrEqual(3);
    expectNoSecret(app.log.lines, [...CREDENTIALS, ...TOKENS, 'access-token-number-2']);
  });

  function shipped() {
    const credentials = { username: 'ama', password: PASSWORD };
    return [
      zeepay({ server: 'sandbox', clientId: 'x', clientSecret: CLIENT_SECRET, ...credentials }),
      tartan(credentials),
    ] as const;
  }
});

type NestModules = Map<
  string,
  { readonly name: string; readonly providers: Map<unknown, { readonly instance: unknown }> }
>;

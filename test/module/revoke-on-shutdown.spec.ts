import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { TokenProviders, type Clock } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { FakeVendor, reset, type Answer, type Received } from '../support/fake-vendor.js';
import { impatientClock, ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const REFRESH = 'rF4.mW8zB3.refresh';
const PASSWORD = { grantType: 'password', username: 'ama', password: 'zW4+nQ7/yR2' };

describe('the end of an app', () => {
  let vendor: FakeVendor;
  let onRevoke: (request: Received) => Answer;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onToken = () => vendor.grant({ refresh_token: REFRESH });
    onRevoke = () => ({});
    vendor.onApi = (request) =>
      request.path === '/revoke' ? onRevoke(request) : vendor.protect(request);
  });
  afterEach(() => vendor.close());

  const start = (changes: object, name = 'acme', clock: Clock = impatientClock(100)) =>
    App.start({
      runtime: { clock },
      providers: [acme(vendor, { ...PASSWORD, name, revocation: '/revoke', ...changes })],
    });
  const revocations = () => vendor.apiRequests.filter(({ path }) => path === '/revoke');

  it('a closing app revokes the tokens of all accounts before it has closed', async () => {
    const app = await start({ revokeOnShutdown: true });
    await firstValueFrom(app.http('acme').get('/orders'));
    await app.tokens('acme').for('kofi').getToken();
    await app.close();
    const told = revocations().map(({ form }) => `${form['token_type_hint']} ${form['token']}`);
    expect(told.sort()).toEqual([
      'access_token access-token-number-1',
      'access_token access-token-number-2',
      `refresh_token ${REFRESH}`,
      `refresh_token ${REFRESH}`,
    ]);
  });

  const warnings = (app: App) => app.log.lines.filter((line) => line.startsWith('warn'));

  it('a closing app does not revoke or report expired tokens', async () => {
    vendor.onToken = () => vendor.grant();
    const clock = new ManualClock();
    const app = await start({ revokeOnShutdown: true }, 'acme', clock);
    await app.tokens('acme').getToken();
    await app.tokens('acme').for('kofi').getToken();
    clock.advance(1_800_000);
    await app.tokens('acme').for('ama').getToken();
    app.log.lines.length = 0;
    clock.advance(1_800_000);
    onRevoke = () => ({ status: 400, body: { error: 'invalid_token' } });
    await app.close();
    expect(revocations().map(({ form }) => form['token'])).toEqual(['access-token-number-3']);
    expect(warnings(app)).toHaveLength(1);
  });

  it.each([
    ['access', 3_600_000, {}],
    ['refresh', 60_000, { refresh_expires_in: 60 }],
  ])(
    'a closing app revokes only the remaining token when the %s token has expired',
    async (over, ms, members) => {
      vendor.onToken = () => vendor.grant({ refresh_token: REFRESH, ...members });
      const clock = new ManualClock();
      const app = await start({ revokeOnShutdown: true }, 'acme', clock);
      await app.tokens('acme').getToken();
      clock.advance(ms);
      await app.close();
      const hints = revocations().map(({ form }) => form['token_type_hint']);
      expect(hints).toEqual([over === 'access' ? 'refresh_token' : 'access_token']);
    },
  );

  it.each([[{}], [{ revokeOnShutdown: false }]])(
    'a closing app revokes no token with %j',
    async (changes) => {
      const app = await start(changes);
      await app.tokens('acme').getToken();
      await app.close();
      expect(revocations()).toEqual([]);
    },
  );

  it('a closing app sends no revocation without a token or for a disabled provider', async () => {
    const unused = await start({ revokeOnShutdown: true });
    await unused.close();
    const disabled = await start({ revokeOnShutdown: true, enabled: false });
    await disabled.close();
    expect(revocations()).toEqual([]);
  });

  it.each<[string, Answer]>([
    ['refuses', { status: 400, body: { error: REFRESH } }],
    ['fails', { status: 500 }],
    ['is gone', reset],
  ])(
    'an app closes with one line in the log when the vendor of a revocation %s',
    async (_what, answer) => {
      const app = await start({ revokeOnShutdown: true });
      await app.tokens('acme').getToken();
      onRevoke = () => answer;
      await app.close();
      expect(revocations()).toHaveLength(2); // that one is refused keeps the other from nothing
      expect(warnings(app)).toEqual([
        expect.stringContaining(
          '[acme] the vendor did not revoke the tokens: they are valid until they expire. TOKEN_',
        ),
      ]);
      expectNoSecret(app.log.lines, [REFRESH, 'access-token-number-1']);
    },
  );

  it('only providers with `revokeOnShutdown` revoke their tokens when an app closes', async () => {
    const app = await App.start({
      providers: [
        acme(vendor, { ...PASSWORD, revocation: '/revoke', revokeOnShutdown: true }),
        acme(vendor, { ...PASSWORD, name: 'other', revocation: '/revoke' }),
      ],
    });
    const providers = app.module.get(TokenProviders);
    await Promise.all(providers.names.map((name) => providers.get(name).getToken()));
    await app.close();
    expect(revocations()).toHaveLength(2);
  });
});

describe('tokens that are given back on demand', () => {
  let vendor: FakeVendor;
  let app: App;
  beforeEach(async () => {
    vendor = await FakeVendor.start();
    vendor.onApi = (request) => {
      if (request.path === '/revoke') vendor.live.delete(request.form['token']!);
      return request.path === '/revoke' ? {} : vendor.protect(request);
    };
    app = await App.start({ providers: [acme(vendor, { ...PASSWORD, revocation: '/revoke' })] });
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  it('a revoked token is not used again, and the next request logs in', async () => {
    await firstValueFrom(app.http('acme').get('/orders'));
    await app.tokens('acme').revoke();
    expect(vendor.live.size).toBe(0);
    await firstValueFrom(app.http('acme').get('/orders'));
    const tokens = vendor.apiRequests.filter(({ path }) => path === '/orders');
    expect(tokens.map(({ token }) => token)).toEqual([
      'access-token-number-1',
      'access-token-number-2',
    ]);
  });
});

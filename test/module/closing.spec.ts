import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { getTokenProviderToken, MemoryTokenStore, TokenProviders } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor, hang, type Answer } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { App, type AppOptions } from '../support/nest-app.js';
import { idle } from '../support/provider-bench.js';

const DEADLINE = 600_000;
const REFRESH = { grantType: 'refresh_token', refreshToken: 'refresh-1' };
const ENDED = { code: 'SHUTTING_DOWN', provider: 'acme', retryable: true };

/** On a clock that stands still, so that nothing ends because its time is over. */
describe('the end of an app', () => {
  let vendor: FakeVendor;
  let clock: ManualClock;
  beforeEach(async () => {
    vendor = await FakeVendor.start();
    clock = new ManualClock();
  });
  afterEach(() => vendor.close());

  const start = (
    changes: Readonly<Record<string, unknown>> = {},
    options: Partial<AppOptions> = {},
  ) =>
    App.start({
      providers: [acme(vendor, { deadline: DEADLINE, ...changes })],
      runtime: { clock, random: () => 0.5 },
      ...options,
    });

  /** Resolves when so many token requests have arrived, whose answer `answer` is. */
  function tokenRequests(count: number, answer: Answer) {
    return new Promise<void>((resolve) => {
      vendor.onToken = (_request, n) => {
        if (n >= count) resolve();
        return answer;
      };
    });
  }

  it('closing an app ends a renewal that hangs, and the calls that wait for it fail', async () => {
    const app = await start();
    const asked = tokenRequests(1, hang);
    const calls = [
      rejection(app.tokens('acme').getToken()),
      rejection(firstValueFrom(app.http('acme').get('/orders'))),
    ];
    await asked;
    await app.close();
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject(ENDED);
      expect(String(error)).toContain('The application is shutting down');
    }
    expect(app.log.lines.filter((line) => line.startsWith('warn'))).toEqual([]);
  });

  it('closing an app ends the pause before the next attempt, and the attempt is not made', async () => {
    const app = await start();
    const paused = clock.timerSet((ms) => ms < 1_000);
    vendor.onToken = () => ({ status: 503 });
    const call = rejection(app.tokens('acme').getToken());
    await paused;
    await app.close();
    expect(await call).toMatchObject(ENDED);
    clock.advance(DEADLINE);
    await idle();
    expect(vendor.tokenRequests).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['a credential function', { clientSecret: () => new Promise(() => {}) }],
    ['a function of the definition', { parameters: { otp: () => new Promise(() => {}) } }],
  ])('closing an app does not wait for %s that hangs', async (_what, changes) => {
    const app = await start(changes);
    const call = rejection(app.tokens('acme').getToken());
    await idle();
    await app.close();
    expect(await call).toMatchObject(ENDED);
    expect(vendor.tokenRequests).toHaveLength(0);
  });

  it('closing an app does not wait for another instance that holds the lock', async () => {
    const store = new MemoryTokenStore();
    const other = await start({}, { store });
    const asked = tokenRequests(1, hang);
    const theirs = rejection(other.tokens('acme').getToken());
    await asked;
    const app = await start({}, { store });
    const ours = rejection(app.tokens('acme').getToken());
    await clock.timerSet((ms) => ms <= 150);
    await app.close();
    expect(await ours).toMatchObject(ENDED);
    await other.close();
    expect(await theirs).toMatchObject(ENDED);
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it.each([
    ['concurrency', { concurrency: 1 }],
    ['quota', { quota: { requests: 1, seconds: 60 } }],
  ])('closing an app ends the wait for a turn that %s makes', async (_what, limits) => {
    const app = await start(limits);
    const asked = tokenRequests(1, hang);
    const calls = ['ama', 'kofi'].map((subject) =>
      rejection(app.tokens('acme').for(subject).getToken()),
    );
    await asked;
    await app.close();
    expect(await Promise.all(calls)).toEqual([
      expect.objectContaining(ENDED),
      expect.objectContaining(ENDED),
    ]);
    clock.advance(DEADLINE);
    await idle();
    expect([vendor.tokenRequests.length, clock.pending]).toEqual([1, 0]);
  });

  it('calls after the end of an app fail without a token request', async () => {
    const app = await start();
    await app.close();
    const tokens = app.tokens('acme');
    expect(await rejection(tokens.getToken())).toMatchObject(ENDED);
    expect(await rejection(tokens.for('ama').getToken())).toMatchObject(ENDED);
    expect(await rejection(tokens.renew('rejected'))).toMatchObject(ENDED);
    const request = app.http('acme').get('/orders');
    expect(await rejection(firstValueFrom(request))).toMatchObject(ENDED);
    expect(vendor.tokenRequests).toHaveLength(0);
  });

  it('a token in memory serves the last requests of a closing app and is not renewed', async () => {
    const app = await start();
    await app.tokens('acme').getToken();
    await app.close();
    clock.advance(3_590_000); // stale
    const { status } = await firstValueFrom(app.http('acme').get('/orders'));
    await idle();
    expect([status, vendor.tokenRequests.length]).toEqual([200, 1]);
  });

  it('a closing app revokes no token without `revokeOnShutdown`', async () => {
    const app = await start({ revocation: '/revoke' });
    await app.tokens('acme').getToken();
    await app.close();
    expect(await rejection(app.tokens('acme').revoke())).toMatchObject(ENDED);
    expect(vendor.apiRequests).toHaveLength(0);
  });

  it('a closing app waits until the successor of a used refresh token is in the store', async () => {
    const store = new MemoryTokenStore();
    const app = await start(REFRESH, { store });
    const gate = new Gate();
    vendor.onToken = async () => {
      await gate.pass();
      return vendor.grant({ refresh_token: 'refresh-2' });
    };
    const call = rejection(app.tokens('acme').getToken());
    await gate.arrived();
    const closed = app.close();
    expect(await call).toMatchObject(ENDED);
    gate.open();
    await closed;
    const next = await start(REFRESH, { store });
    await next.tokens('acme').getToken();
    next.tokens('acme').invalidate();
    await next.tokens('acme').getToken();
    expect(vendor.tokenRequests.map(({ form }) => form['refresh_token'])).toEqual([
      'refresh-1',
      'refresh-2',
    ]);
    await next.close();
  });

  it.each([
    ['a closing app gives the successor of a refresh token to onTokenSet', {}],
    [
      'a closing app gives onTokenSet a refresh token whose access token is not usable',
      { token_type: 'mac' },
    ],
  ])('%s', async (_title, members) => {
    const kept: unknown[] = [];
    const onTokenSet = ({ refreshToken }: { refreshToken?: string }) =>
      void kept.push(refreshToken);
    const app = await start({ ...REFRESH, onTokenSet });
    const gate = new Gate();
    vendor.onToken = async () => {
      await gate.pass();
      return vendor.grant({ refresh_token: 'refresh-2', ...members });
    };
    const call = rejection(app.tokens('acme').getToken());
    await gate.arrived();
    const closed = app.close();
    gate.open();
    await closed;
    expect(await call).toMatchObject(ENDED);
    expect(kept).toEqual(['refresh-2']);
  });

  it('a closing app waits two seconds at most for the response to a refresh token', async () => {
    const app = await start({ ...REFRESH, onTokenSet: () => {} });
    const asked = tokenRequests(1, hang);
    const call = rejection(app.tokens('acme').getToken());
    await asked;
    const state = { isClosed: false };
    const closed = app.close().then(() => (state.isClosed = true));
    expect(await call).toMatchObject(ENDED);
    clock.advance(1_999);
    await idle();
    expect(state.isClosed).toBe(false);
    clock.advance(1);
    await closed;
    expect(clock.pending).toBe(0);
  });

  it('a closing app does not send a refresh token again after a failed response', async () => {
    const app = await start({ ...REFRESH, onTokenSet: () => {} });
    const gate = new Gate();
    vendor.onToken = async () => {
      await gate.pass();
      return { status: 503 };
    };
    const call = rejection(app.tokens('acme').getToken());
    await gate.arrived();
    const closed = app.close();
    gate.open();
    await closed;
    expect(await call).toMatchObject(ENDED);
    expect([vendor.tokenRequests.length, clock.pending]).toEqual([1, 0]);
  });

  it.each([
    ['fails to close', { close: () => Promise.reject(new Error('broken')) }],
    ['throws', { close: () => { throw new Error('broken'); } }], // prettier-ignore
    ['has no such method', {}],
  ])('closing an app closes all providers although one %s', async (_what, double) => {
    const app = await App.start({
      providers: [acme(vendor, { name: 'other' }), acme(vendor)],
      runtime: { clock },
      adjust: (builder) =>
        builder.overrideProvider(getTokenProviderToken('other')).useValue(double),
    });
    await app.close();
    const error = await rejection(app.module.get(TokenProviders).get('acme').getToken());
    expect(error).toMatchObject(ENDED);
  });

  it('closing an app closes all providers although one hangs', async () => {
    const app = await App.start({
      providers: [acme(vendor, { name: 'other' }), acme(vendor)],
      runtime: { clock },
      adjust: (builder) =>
        builder
          .overrideProvider(getTokenProviderToken('other'))
          .useValue({ close: () => new Promise(() => {}) }),
    });
    const asked = tokenRequests(1, hang);
    const call = rejection(app.tokens('acme').getToken());
    await asked;
    void app.close();
    expect(await call).toMatchObject(ENDED);
  });
});

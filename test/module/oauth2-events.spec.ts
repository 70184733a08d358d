import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import {
  OAUTH2_EVENTS,
  OAUTH2_EVENTS_CHANNEL,
  OAuth2Events,
  type OAuth2Event,
} from '../../lib/index.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { HastyClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';
import { idle } from '../support/provider-bench.js';

const MINUTE = 60_000;
const REFUSAL = { status: 400, body: { error: 'invalid_client' } };

describe('the events of an app', () => {
  let vendor: FakeVendor;
  let app: App;
  let clock: HastyClock;
  let events: OAuth2Event[];

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    clock = new HastyClock();
    events = [];
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  async function start(changes: Record<string, unknown> = {}, store?: MemoryTokenStore) {
    const runtime = { clock, random: () => 0 };
    app = await App.start({ runtime, store, providers: [acme(vendor, changes)] });
    return app;
  }
  const listen = () =>
    app.module
      .get<OAuth2Events>(OAUTH2_EVENTS, { strict: false })
      .subscribe((event) => void events.push({ ...event }));
  const get = () => firstValueFrom(app.http('acme').get<unknown>('/orders'));
  const of = <T extends OAuth2Event['type']>(type: T) =>
    events.filter((event): event is OAuth2Event & { type: T } => event.type === type);

  it('the first token of an account states the facts that decide its later life', async () => {
    vendor.onToken = () => vendor.grant({ expires_in: undefined, scope: 'orders' });
    await start({ scope: 'orders payouts' });
    listen();
    await app.tokens('acme').getToken();
    expect(of('account.connected')).toMatchObject([
      {
        provider: 'acme',
        by: 'login',
        lifetime: 'assumed',
        hasRefreshToken: false,
        isRenewable: true,
        missingScope: ['payouts'],
      },
    ]);
    app.tokens('acme').invalidate();
    await app.tokens('acme').getToken();
    expect(of('account.connected')).toHaveLength(1);
  });

  it('an account whose refresh token ends too soon says on the first day that it cannot be renewed', async () => {
    vendor.onToken = () =>
      vendor.grant({ refresh_token: 'a-refresh-token', refresh_token_expires_in: 1 });
    await start({ grantType: 'refresh_token', refreshToken: 'the-configured-refresh-token' });
    listen();
    await app.tokens('acme').getToken();
    expect(of('account.connected')).toMatchObject([{ isRenewable: false, lifetime: 'stated' }]);
  });

  it('each token request is an event with its grant, its outcome and its host', async () => {
    const answers = [
      { status: 503, body: {} },
      { status: 429, headers: { 'retry-after': '900' }, body: {} },
    ];
    vendor.onToken = () => answers.shift() ?? REFUSAL;
    await start();
    listen();
    await rejection(app.tokens('acme').getToken());
    clock.advance(16 * MINUTE);
    await rejection(app.tokens('acme').getToken());
    vendor.onToken = () => vendor.grant();
    clock.advance(16 * MINUTE);
    await app.tokens('acme').getToken();
    const host = new URL(vendor.url).host;
    const common = { grantType: 'client_credentials', host };
    expect(of('token_request.ended')).toMatchObject([
      { ...common, outcome: 'failed', error: { provider: 'acme', status: 503 } },
      { ...common, outcome: 'throttled', error: { code: 'THROTTLED' } },
      { ...common, outcome: 'refused', error: { error: 'invalid_client' } },
      { ...common, outcome: 'ok' },
    ]);
  });

  it('a renewal says why it began, and a refresh is a token request of its own', async () => {
    vendor.onToken = () => vendor.grant({ refresh_token: 'a-refresh-token' });
    const login = { grantType: 'password', username: 'ama', password: 'correct-horse' };
    await start(login);
    listen();
    await get();
    clock.advance(59 * MINUTE);
    await get();
    while (app.tokens('acme').status().renewing) await idle();
    clock.advance(61 * MINUTE);
    await get();
    clock.advance(MINUTE);
    vendor.revokeAll();
    await get();
    expect(of('token.obtained').map(({ reason, by }) => `${reason} ${by}`)).toEqual([
      'first login',
      'stale refresh',
      'expired refresh',
      'rejected refresh',
    ]);
    expect(of('token_request.ended').map(({ grantType }) => grantType)).toEqual([
      'password',
      'refresh_token',
      'refresh_token',
      'refresh_token',
    ]);
  });

  it('each API request is an event with the state of its token', async () => {
    await start();
    listen();
    await get();
    await get();
    clock.advance(59 * MINUTE);
    await get();
    while (app.tokens('acme').status().renewing) await idle();
    expect(of('api_request.authorized').map(({ token }) => token)).toEqual([
      'waited',
      'fresh',
      'stale',
    ]);
    clock.advance(2 * 60 * MINUTE);
    vendor.onToken = () => REFUSAL;
    await rejection(get());
    await idle();
    expect(of('api_request.failed')).toMatchObject([{ code: 'CREDENTIALS_REJECTED' }]);
  });

  it('a request that is repeated after a 401 is an event with its second status', async () => {
    await start();
    listen();
    await get();
    clock.advance(MINUTE);
    vendor.revokeAll();
    await get();
    await idle();
    expect(of('api_request.repeated')).toMatchObject([{ method: 'GET', status: 200 }]);
    expect(of('token.rejected')).toHaveLength(1);
  });

  it('each operation on a shared store is an event with its outcome', async () => {
    await start({}, new MemoryTokenStore());
    listen();
    await app.tokens('acme').getToken();
    const operations = of('store.operation').map(
      ({ operation, outcome }) => `${operation} ${outcome}`,
    );
    expect(operations).toEqual(['get missing', 'lock ok', 'get missing', 'set ok', 'release ok']);
  });

  it('the events are also published on a channel of node:diagnostics_channel', async () => {
    const heard = (message: unknown) => void events.push({ ...(message as OAuth2Event) });
    subscribe(OAUTH2_EVENTS_CHANNEL, heard);
    try {
      await start();
      await get();
    } finally {
      unsubscribe(OAUTH2_EVENTS_CHANNEL, heard);
    }
    const types = events.map(({ type }) => type).filter((type) => type !== 'clock.skewed');
    expect(types).toEqual([
      'token_request.ended',
      'token.obtained',
      'account.connected',
      'api_request.authorized',
    ]);
  });

  it('no event of an API request is made while nobody listens', async () => {
    await start();
    const hub = app.module.get(OAuth2Events, { strict: false });
    const emit = jest.spyOn(hub.subject, 'next');
    await get();
    const types = () => emit.mock.calls.map(([{ type }]) => type);
    expect(types()).not.toContain('api_request.authorized');
    listen();
    await get();
    expect(types()).toContain('api_request.authorized');
  });

  it('no event holds a secret', async () => {
    await start();
    listen();
    await get();
    vendor.revokeAll();
    clock.advance(MINUTE);
    await get();
    const text = JSON.stringify(events);
    expect(events.length).toBeGreaterThan(5);
    expect(text).not.toContain('access-token-number');
    expect(text).not.toContain('Kq93vX7');
  });
});

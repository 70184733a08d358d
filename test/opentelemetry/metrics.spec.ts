import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { faulty } from '../support/faulty-store.js';
import { Telemetry } from '../support/telemetry.js';
import { Scene } from './observed-app.js';

let scene: Scene;
let telemetry: Telemetry;

beforeEach(async () => {
  telemetry = Telemetry.start();
  scene = await Scene.prepare();
});
afterEach(async () => {
  await scene.close();
  await telemetry.close();
});

const SECOND = 1_000;
/** From here on a token of an hour is stale: 100 seconds of its life are left. */
const STALE = 3_500 * SECOND;

describe('the metrics of an app', () => {
  it('a login is one token request that the first call waits for', async () => {
    const { vendor, clock } = scene;
    scene.answer(() => {
      clock.advance(250);
      return vendor.grant();
    });
    const app = await scene.start();
    expect([await app.call(), await app.call()]).toEqual([200, 200]);
    clock.advance(600 * SECOND);
    expect(await telemetry.metrics()).toEqual({
      'token.request.duration': { 'acme client_credentials ok': [1, 0.25] },
      'token.renewal': { 'acme first login': 1 },
      'token.time_to_expiry': { 'acme up': 2_999.75 },
      'api.request': { 'acme waited': 1, 'acme fresh': 1 },
      'api.wait_time': { 'acme waited': [1, 0.25] },
      account: { 'acme up': 1 },
      'clock.skew': { acme: 0 },
    });
  });

  it('a stale token serves while it is renewed, and calls wait when it has expired', async () => {
    const { clock } = scene;
    const app = await scene.start();
    await app.call();
    clock.advance(STALE);
    expect([await app.call(), await app.call()]).toEqual([200, 200]);
    clock.advance(3_599 * SECOND);
    expect(await app.call()).toBe(200);
    expect(await telemetry.metrics()).toEqual({
      'token.request.duration': { 'acme client_credentials ok': [3, 0] },
      'token.renewal': {
        'acme first login': 1,
        'acme stale login': 1,
        'acme expired login': 1,
      },
      'token.time_to_expiry': { 'acme up': 3_600 },
      'api.request': { 'acme waited': 2, 'acme stale': 1, 'acme fresh': 1 },
      'api.wait_time': { 'acme waited': [2, 0] },
      account: { 'acme up': 1 },
      'clock.skew': { acme: 0 },
    });
  });

  it('an outage degrades the account, then takes it down, until a token comes', async () => {
    const { clock, vendor } = scene;
    const app = await scene.start();
    await app.call();
    scene.answer(() => ({ status: 503 }));
    clock.advance(STALE);
    expect(await app.call()).toBe(200);
    expect(await telemetry.metrics()).toMatchObject({
      'token.time_to_expiry': { 'acme degraded': 96.125 },
      account: { 'acme degraded TOKEN_ENDPOINT_UNAVAILABLE': 1 },
    });
    clock.advance(100 * SECOND);
    const failed = 'TOKEN_ENDPOINT_UNAVAILABLE';
    expect([await app.call(), await app.call()]).toEqual([failed, failed]);
    expect(await telemetry.metrics()).toMatchObject({
      'token.time_to_expiry': { 'acme degraded': 0 },
      account: {
        'acme degraded TOKEN_ENDPOINT_UNAVAILABLE': 0,
        'acme down TOKEN_ENDPOINT_UNAVAILABLE': 1,
      },
    });
    scene.answer(() => vendor.grant());
    clock.advance(60 * SECOND);
    expect(await app.call()).toBe(200);
    expect(await telemetry.metrics()).toEqual({
      'token.request.duration': {
        'acme client_credentials ok': [2, 0],
        'acme client_credentials failed TOKEN_ENDPOINT_UNAVAILABLE': [7, 0],
      },
      'token.renewal': {
        'acme first login': 1,
        'acme stale TOKEN_ENDPOINT_UNAVAILABLE': 1,
        'acme expired TOKEN_ENDPOINT_UNAVAILABLE': 1,
        'acme expired login': 1,
      },
      'token.time_to_expiry': { 'acme degraded': 0, 'acme up': 3_600 },
      'api.request': {
        'acme waited': 2,
        'acme stale': 1,
        'acme failed TOKEN_ENDPOINT_UNAVAILABLE': 2,
      },
      'api.wait_time': {
        'acme waited': [2, 0],
        'acme failed TOKEN_ENDPOINT_UNAVAILABLE': [2, 0],
      },
      account: {
        'acme degraded TOKEN_ENDPOINT_UNAVAILABLE': 0,
        'acme down TOKEN_ENDPOINT_UNAVAILABLE': 0,
        'acme up': 1,
      },
      'clock.skew': { acme: 0 },
    });
  });

  it('a 401 is a rejection, a renewal and a request sent again; the next ones are withheld', async () => {
    const { vendor } = scene;
    const app = await scene.start();
    await app.call();
    vendor.revokeAll();
    expect(await app.call()).toBe(200);
    vendor.revokeAll();
    expect([await app.call(), await app.call()]).toEqual([401, 401]);
    expect(await telemetry.metrics()).toEqual({
      'token.request.duration': { 'acme client_credentials ok': [2, 0] },
      'token.renewal': { 'acme first login': 1, 'acme rejected login': 1 },
      'token.renewal_withheld': { acme: 1 },
      'token.time_to_expiry': { 'acme up': 3_600 },
      'api.request': { 'acme waited': 1, 'acme fresh': 3 },
      'api.wait_time': { 'acme waited': [1, 0] },
      'api.rejection': { acme: 3 },
      'api.resend': { acme: 1 },
      account: { 'acme up': 1 },
      'clock.skew': { acme: 0 },
    });
  });

  it('refresh tokens that rotate are refreshes and no logins', async () => {
    const { vendor, clock } = scene;
    let newest = 0;
    scene.answer(({ form }) =>
      form['grant_type'] === 'password' || form['refresh_token'] === `refresh-${newest}`
        ? vendor.grant({ refresh_token: `refresh-${++newest}` })
        : { status: 400, body: { error: 'invalid_grant' } },
    );
    const app = await scene.start({
      definition: { grantType: 'password', username: 'ama', password: 'password-of-ama' },
    });
    for (let i = 0; i < 3; i++) {
      expect(await app.call()).toBe(200);
      clock.advance(STALE);
    }
    expect(await telemetry.metrics()).toEqual({
      'token.request.duration': { 'acme password ok': [1, 0], 'acme refresh_token ok': [2, 0] },
      'token.renewal': { 'acme first login': 1, 'acme stale refresh': 2 },
      'token.time_to_expiry': { 'acme up': 100 },
      'api.request': { 'acme waited': 1, 'acme stale': 2 },
      'api.wait_time': { 'acme waited': [1, 0] },
      account: { 'acme up': 1 },
      'clock.skew': { acme: 0 },
    });
  });

  it('a store that is down shows in its outcomes, and the logins go on', async () => {
    const { clock } = scene;
    const { store, faults } = faulty(clock);
    const app = await scene.start({ store });
    expect(await app.call()).toBe(200);
    const down = () => Promise.reject(new Error('down'));
    Object.assign(faults, { get: down, set: down, lock: down });
    clock.advance(STALE);
    expect(await app.call()).toBe(200);
    expect(await telemetry.metrics()).toEqual({
      'token.request.duration': { 'acme client_credentials ok': [2, 0] },
      'token.renewal': { 'acme first login': 1, 'acme stale login': 1 },
      'token.time_to_expiry': { 'acme up': 3_600 },
      'api.request': { 'acme waited': 1, 'acme stale': 1 },
      'api.wait_time': { 'acme waited': [1, 0] },
      'store.operation': {
        'acme get missing': 2,
        'acme lock ok': 1,
        'acme set ok': 1,
        'acme release ok': 1,
        'acme get failed': 1,
      },
      account: { 'acme up': 1 },
      'clock.skew': { acme: 0 },
    });
  });

  it('of two instances with one store, one logs in and the other takes its token', async () => {
    const { store } = faulty(scene.clock);
    const first = await scene.start({ store });
    const others = Telemetry.start();
    const second = await scene.start({ store });
    expect([await first.call(), await second.call()]).toEqual([200, 200]);
    const common = {
      'token.time_to_expiry': { 'acme up': 3_600 },
      'api.request': { 'acme waited': 1 },
      'api.wait_time': { 'acme waited': [1, 0] },
      account: { 'acme up': 1 },
    };
    expect(await telemetry.metrics()).toEqual({
      ...common,
      'token.request.duration': { 'acme client_credentials ok': [1, 0] },
      'token.renewal': { 'acme first login': 1 },
      'store.operation': {
        'acme get missing': 2,
        'acme lock ok': 1,
        'acme set ok': 1,
        'acme release ok': 1,
      },
      'clock.skew': { acme: 0 },
    });
    expect(await others.metrics()).toEqual({
      ...common,
      'token.renewal': { 'acme first store': 1 },
      'store.operation': { 'acme get ok': 1 },
    });
    await others.close();
  });
});

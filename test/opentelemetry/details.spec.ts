import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { getTokenProviderToken, OAuth2ClientModule } from '../../lib/index.js';
import { acme } from '../support/acme.js';
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

const refused = () => ({ status: 401, body: { error: 'invalid_client' } });

describe('the accounts of a provider', () => {
  it('credentials that are refused are the error type of the account', async () => {
    scene.answer(refused);
    const app = await scene.start();
    expect(await app.call()).toBe('CREDENTIALS_REJECTED');
    expect(await telemetry.metrics()).toMatchObject({
      'token.request.duration': { 'acme client_credentials refused CREDENTIALS_REJECTED': [1, 0] },
      'token.renewal': { 'acme first CREDENTIALS_REJECTED': 1 },
      account: { 'acme down CREDENTIALS_REJECTED': 1 },
    });
  });

  it('a refresh token that is refused without a login is the error type of the account', async () => {
    scene.answer(() => ({ status: 400, body: { error: 'invalid_grant' } }));
    const refreshToken = 'refresh-token-of-ama';
    const app = await scene.start({ definition: { grantType: 'refresh_token', refreshToken } });
    expect(await app.call()).toBe('REAUTHENTICATION_REQUIRED');
    expect(await telemetry.metrics()).toMatchObject({
      account: { 'acme down REAUTHENTICATION_REQUIRED': 1 },
    });
  });

  it('the gauge has the first token of all accounts that expires, and counts them all', async () => {
    const { clock } = scene;
    const app = await scene.start();
    for (const subject of ['ama', 'kofi', 'esi']) {
      await app.call({ oauth2: { subject } });
      clock.advance(60_000);
    }
    scene.answer(refused);
    await app.call({ oauth2: { subject: 'yaw' } });
    expect(await telemetry.metrics()).toMatchObject({
      'token.time_to_expiry': { 'acme up': 3_420 },
      account: {
        'acme up': 3,
        'acme unknown': 1, // the account without a subject
        'acme down CREDENTIALS_REJECTED': 1,
      },
    });
  });

  it('one import observes every module of the app', async () => {
    const bystander = acme(scene.vendor, { name: 'bystander' });
    const imports = [OAuth2ClientModule.forRoot({ providers: [bystander] })];
    const { app } = await scene.start({ imports });
    await app.tokens('acme').getToken();
    await app.tokens('bystander').getToken();
    expect(await telemetry.metrics()).toMatchObject({
      'token.renewal': { 'acme first login': 1, 'bystander first login': 1 },
      account: { 'acme up': 1, 'bystander up': 1 },
    });
  });

  it('a test double without states does no harm to the others', async () => {
    const bystander = acme(scene.vendor, { name: 'bystander' });
    await scene.start({
      imports: [OAuth2ClientModule.forRoot({ providers: [bystander] })],
      adjust: (builder) => builder.overrideProvider(getTokenProviderToken('acme')).useValue({}),
    });
    expect(await telemetry.metrics()).toEqual({ account: { 'bystander unknown': 1 } });
  });

  it('the accounts of an app that has closed are no longer observed', async () => {
    const { app } = await scene.start();
    await app.close();
    expect(await telemetry.metrics()).toEqual({});
  });
});

describe('the requests of a caller', () => {
  it('a caller that stops waiting is a failed request with a short error type', async () => {
    const app = await scene.start();
    const controller = new AbortController();
    scene.answer(() => {
      controller.abort(Object.assign(new Error('enough'), { code: 'secret reason 7' }));
      return scene.vendor.grant();
    });
    expect(await app.call({ signal: controller.signal })).toBe('ERR_CANCELED');
    expect(await telemetry.metrics()).toMatchObject({
      'api.request': { 'acme failed ERR_CANCELED': 1 },
    });
  });

  it('a request that must not be sent again is a rejection, and the token is renewed', async () => {
    const app = await scene.start({ definition: { retry: 'none' } });
    await app.call();
    scene.vendor.revokeAll();
    expect(await app.call()).toBe(401);
    const metrics = await telemetry.metrics();
    expect(metrics['api.resend']).toBeUndefined();
    expect(metrics).toMatchObject({
      'api.rejection': { acme: 1 },
      'token.renewal': { 'acme first login': 1, 'acme rejected login': 1 },
    });
  });
});

describe('the clock of the vendor', () => {
  it('the gauge has its lead, and 0 when the clocks agree again', async () => {
    const app = await scene.start();
    scene.skew = -95;
    await app.call();
    expect(await telemetry.metrics()).toMatchObject({ 'clock.skew': { acme: -95 } });
    scene.skew = 3;
    scene.clock.advance(3_600_000);
    await app.call();
    expect(await telemetry.metrics()).toMatchObject({ 'clock.skew': { acme: 0 } });
  });
});

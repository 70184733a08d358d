import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';

import { afterEach, beforeEach, expect, it } from '@jest/globals';

import { OAUTH2_EVENTS, type OAuth2Event, type OAuth2Events } from '../../lib/index.js';
import { CLIENT_SECRET } from '../support/acme.js';
import { expectNoSecret } from '../support/secrets.js';
import { Telemetry } from '../support/telemetry.js';
import { everything, SCOPE } from './everything.js';
import { Scene } from './observed-app.js';

const CHANNEL = 'nestjs-oauth2-client';
const PASSWORD = 'zW4+nQ7/yR2-tB9=';

let scene: Scene;
let telemetry: Telemetry;
let secrets: string[];
/** Events as listeners keep them: as they are, and as copies. */
let events: OAuth2Event[];
let messages: unknown[];
const keepMessage = (message: unknown) => void messages.push(message);

beforeEach(async () => {
  telemetry = Telemetry.start();
  scene = await Scene.prepare();
  secrets = [CLIENT_SECRET, PASSWORD, 'refresh-token-of-esi'];
  [events, messages] = [[], []];
  subscribe(CHANNEL, keepMessage);
});
afterEach(async () => {
  unsubscribe(CHANNEL, keepMessage);
  await scene.close();
  await telemetry.close();
});

/** A value that must turn up nowhere. */
function secret(): string {
  const value = randomBytes(18).toString('base64url');
  secrets.push(value);
  return value;
}

/** Lets everything happen with a vendor that quotes the secrets in its errors. */
async function underAttack() {
  const { vendor } = scene;
  vendor.grant = () => {
    const [access_token, refresh_token] = [secret(), secret()];
    vendor.live.add(access_token);
    return { body: { access_token, refresh_token, token_type: 'Bearer', expires_in: 3_600 } };
  };
  return everything(scene, {
    definition: { grantType: 'password', username: 'ama', password: PASSWORD },
    says: `wrong: ${PASSWORD} ${CLIENT_SECRET}`,
    onStart: ({ app }) => {
      const stream = app.module.get<OAuth2Events>(OAUTH2_EVENTS, { strict: false });
      stream.subscribe((event) => events.push(event, { ...event }));
    },
  });
}

it('logs, metrics, spans, events and messages of the channel have no secret', async () => {
  const { app } = await underAttack();
  const seen = {
    log: app.log.lines,
    metrics: await telemetry.exported(),
    page: await telemetry.page(),
    spans: telemetry.spans,
    events,
    messages,
  };
  for (const [name, value] of Object.entries(seen)) {
    expect([name, value.length > 0]).toEqual([name, true]);
    expectNoSecret(value, secrets);
  }
});

it('metrics and spans have no subject, account label, scope or URL', async () => {
  const { app } = await underAttack();
  const labels = app
    .tokens('acme')
    .statuses()
    .flatMap(({ account }) => account ?? []);
  const details = ['tenant-', SCOPE, '/orders', '/token', 'http://', ...labels];
  const metrics = (await telemetry.exported()).map(({ dataPoints }) => dataPoints);
  const spans = telemetry.spans.map(({ name, attributes, events: own, links, status }) => [
    name,
    attributes,
    own,
    links,
    status,
  ]);
  const shown = inspect([metrics, spans], { depth: Infinity, maxArrayLength: Infinity });
  expect([labels.length, details.filter((detail) => shown.includes(detail))]).toEqual([4, []]);
});

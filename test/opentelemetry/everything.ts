import { OAuth2ClientModule } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { faulty } from '../support/faulty-store.js';
import type { ObservedApp, Scene } from './observed-app.js';

const HOUR = 3_600_000;

/** An account that only a user can connect. */
const CONNECTED = {
  name: 'connected',
  grantType: 'refresh_token',
  refreshToken: 'refresh-token-of-esi',
} as const;

/** An app to which everything happens that its metrics can show. */
export async function everything(
  scene: Scene,
  definition: Readonly<Record<string, unknown>> = {},
): Promise<ObservedApp> {
  const { vendor, clock } = scene;
  const { store, faults } = faulty(clock);
  const connected = acme(vendor, { ...definition, ...CONNECTED });
  const imports = [OAuth2ClientModule.forRoot({ providers: [connected] })];
  const app = await scene.start({ definition, store, imports });
  const call = (subject?: string) =>
    app.call(subject === undefined ? {} : { oauth2: { subject, scope: 'read:everything' } });

  scene.skew = 95;
  await call(); // first
  clock.advance(3_500_000);
  await call(); // stale
  clock.advance(HOUR);
  await call(); // expired
  vendor.revokeAll();
  await call(); // rejected and repeated
  vendor.revokeAll();
  await call(); // withheld
  app.app.tokens('acme').invalidate();
  await call();

  faults.get = () => Promise.reject(new Error('down'));
  await call('ama');
  faults.get = undefined;

  for (const [subject, answer] of [
    ['kofi', { status: 401, body: { error: 'invalid_client' } }],
    ['yaw', { status: 429 }],
  ] as const) {
    scene.answer(() => answer);
    await call(subject);
  }
  scene.answer(() => ({ status: 400, body: { error: 'invalid_grant' } }));
  await app.app
    .tokens('connected')
    .getToken()
    .catch(() => {}); // needs a new consent
  clock.advance(3_480_000);
  scene.answer(() => ({ status: 503 }));
  await call(); // degraded
  await call('abena'); // down
  return app;
}

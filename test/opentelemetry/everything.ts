import { OAuth2ClientModule } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { faulty } from '../support/faulty-store.js';
import type { ObservedApp, Scene } from './observed-app.js';

const HOUR = 3_600_000;

export const SCOPE = 'read:everything';

/** An account that only a user can connect. */
const CONNECTED = {
  name: 'connected',
  grantType: 'refresh_token',
  refreshToken: 'refresh-token-of-esi',
} as const;

interface EverythingOptions {
  /** Changes to the definition. */
  readonly definition?: Readonly<Record<string, unknown>>;
  /** What the vendor says in the errors of its token endpoint. */
  readonly says?: string;
  readonly onStart?: (app: ObservedApp) => void;
}

/** An app to which everything happens that its metrics can show. */
export async function everything(
  scene: Scene,
  { definition = {}, says = 'no', onStart }: EverythingOptions = {},
): Promise<ObservedApp> {
  const { vendor, clock } = scene;
  const { store, faults } = faulty(clock);
  const connected = acme(vendor, CONNECTED);
  const imports = [OAuth2ClientModule.forRoot({ providers: [connected] })];
  const app = await scene.start({ definition, store, imports });
  onStart?.(app);
  const call = (subject?: string) =>
    app.call(subject === undefined ? {} : { oauth2: { subject, scope: SCOPE } });
  const refuse = (status: number, error: string, error_description = says) =>
    scene.answer(() => ({ status, body: { error, error_description } }));

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

  faults.get = () => Promise.reject(new Error(says));
  await call('tenant-ama');
  faults.get = undefined;

  refuse(401, 'invalid_client');
  await call('tenant-kofi');
  refuse(429, 'slow_down');
  await call('tenant-yaw');
  refuse(400, 'invalid_grant', 'a new consent is needed'); // a provider cannot mask the secrets of another one
  await app.app
    .tokens('connected')
    .getToken()
    .catch(() => {});
  clock.advance(3_480_000);
  refuse(503, 'temporarily_unavailable');
  await call(); // degraded
  await call('tenant-abena'); // down
  return app;
}

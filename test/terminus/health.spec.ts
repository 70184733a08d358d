import { Controller, Get, Inject, Module, type INestApplication } from '@nestjs/common';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  getTokenProviderToken,
  OAUTH2_RUNTIME,
  OAuth2ClientModule,
  type ProviderDefinition,
  type TokenProvider,
} from '../../lib/index.js';
import { OAuth2HealthIndicator } from '../../lib/terminus/terminus.js';
import { acme, CLIENT_SECRET } from '../support/acme.js';
import { rejection, settle } from '../support/collect.js';
import { FakeVendor, hang } from '../support/fake-vendor.js';
import { ManualClock } from '../support/manual-clock.js';
import { CapturedLog } from '../support/nest-app.js';
import { idle } from '../support/provider-bench.js';

@Controller('health')
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(OAuth2HealthIndicator) private readonly oauth2: OAuth2HealthIndicator,
  ) {}

  @Get()
  all() {
    return this.health.check([() => this.oauth2.checkAll()]);
  }

  @Get('acme')
  one() {
    return this.health.check([() => this.oauth2.check('acme')]);
  }

  @Get('verified')
  verified() {
    return this.health.check([() => this.oauth2.checkAll({ verify: true })]);
  }

  @Get('hurried')
  hurried() {
    return this.health.check([() => this.oauth2.checkAll({ verify: true, timeout: 100 })]);
  }
}

@Module({
  imports: [TerminusModule],
  controllers: [HealthController],
  providers: [OAuth2HealthIndicator],
})
class HealthModule {}

const MINUTE = 60_000;
const REFUSAL = { status: 401, body: { error: 'invalid_client' } };

describe('the health of the providers', () => {
  let vendor: FakeVendor;
  let app: INestApplication;
  const clock = new ManualClock();

  beforeEach(async () => {
    vendor = await FakeVendor.start();
  });
  afterEach(() => Promise.all([app.close(), vendor.close()]));

  /** Each list is a `forRoot` in a module of its own. */
  async function start(...clients: ProviderDefinition[][]): Promise<void> {
    const imports = clients.map((providers) => OAuth2ClientModule.forRoot({ providers }));
    const module = await Test.createTestingModule({ imports: [...imports, HealthModule] })
      .setLogger(new CapturedLog())
      .overrideProvider(OAUTH2_RUNTIME)
      .useValue({ clock, random: () => 0 })
      .compile();
    app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
  }

  const tokens = (name = 'acme'): TokenProvider =>
    app.get(getTokenProviderToken(name), { strict: false });
  const call = (subject?: string) =>
    settle([tokens().getToken(subject === undefined ? {} : { subject })]);

  async function health(path = '') {
    const response = await fetch(`${await app.getUrl()}/health${path}`);
    const text = await response.text();
    expect(text).not.toContain(CLIENT_SECRET);
    expect(text).not.toContain('access-token');
    const { status, details } = JSON.parse(text) as Health;
    return { http: response.status, status, details };
  }

  it('a provider that nobody has used is up, its state is unknown, and the check sends nothing', async () => {
    await start([acme(vendor)]);
    expect(await health()).toEqual({
      http: 200,
      status: 'ok',
      details: { acme: { status: 'up', state: 'unknown' } },
    });
    expect(vendor.tokenRequests).toHaveLength(0);
  });

  it('a provider with a token is up, and the check tells the seconds to its expiry', async () => {
    await start([acme(vendor)]);
    await call();
    clock.advance(10 * MINUTE);
    expect(await health('/acme')).toEqual({
      http: 200,
      status: 'ok',
      details: { acme: { status: 'up', state: 'up', expiresInSeconds: 3_000 } },
    });
  });

  it('a token that does not expire has no seconds to its expiry', async () => {
    vendor.onToken = () => vendor.grant({ expires_in: undefined });
    await start([acme(vendor, { defaultLifetime: Infinity })]);
    await call();
    expect((await health()).details).toEqual({ acme: { status: 'up', state: 'up' } });
  });

  it('a provider whose older token serves is degraded, and the response is still 200', async () => {
    await start([acme(vendor)]);
    await call();
    vendor.onToken = () => REFUSAL;
    clock.advance(59 * MINUTE);
    await call();
    while (tokens().status().renewing) await idle();
    expect(await health()).toEqual({
      http: 200,
      status: 'degraded',
      details: {
        acme: {
          status: 'degraded',
          state: 'degraded',
          expiresInSeconds: 60,
          code: 'CREDENTIALS_REJECTED',
          reason: expect.stringContaining('401'),
          retryInSeconds: expect.any(Number),
        },
      },
    });
  });

  it('a provider without a token is down, and the check tells why and when the next attempt is made', async () => {
    vendor.onToken = () => REFUSAL;
    await start([acme(vendor)]);
    await call();
    expect(await health()).toEqual({
      http: 503,
      status: 'error',
      details: {
        acme: {
          status: 'down',
          state: 'down',
          code: 'CREDENTIALS_REJECTED',
          reason: expect.stringContaining('401'),
          retryInSeconds: 1,
        },
      },
    });
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it('a provider that is down does not fail the check once the next attempt is due', async () => {
    vendor.onToken = () => REFUSAL;
    await start([acme(vendor)]);
    await call();
    clock.advance(1_000);
    const { http, details } = await health();
    expect(http).toBe(200);
    expect(details['acme']).toMatchObject({ status: 'degraded', state: 'down', retryInSeconds: 0 });
  });

  it('a tenant who has no token makes the provider degraded, and is counted', async () => {
    await start([acme(vendor)]);
    await call('ama');
    vendor.onToken = () => REFUSAL;
    await call('kofi');
    const { http, details } = await health();
    expect(http).toBe(200);
    expect(details['acme']).toMatchObject({
      status: 'degraded',
      state: 'degraded',
      code: 'CREDENTIALS_REJECTED',
      expiresInSeconds: 3_600,
      accounts: { up: 1, degraded: 0, down: 1, unknown: 0 },
    });
    expect(JSON.stringify(details)).not.toContain('kofi');
  });

  it('a disabled provider is up, whatever its calls get', async () => {
    await start([acme(vendor, { enabled: false })]);
    await call();
    const details = { acme: { status: 'up', state: 'disabled' } };
    expect(await health('/verified')).toEqual({ http: 200, status: 'ok', details });
  });

  it('a check of all providers finds every forRoot, and one failure fails it', async () => {
    await start([acme(vendor)], [acme(vendor, { name: 'bank' })]);
    vendor.onToken = () => REFUSAL;
    await settle([tokens('bank').getToken()]);
    const { http, details } = await health();
    expect(http).toBe(503);
    expect(details).toMatchObject({ acme: { status: 'up' }, bank: { status: 'down' } });
    expect(await health('/acme')).toMatchObject({ http: 200 });
  });

  it('a check of a provider that nobody has declared fails with the known names', async () => {
    await start([acme(vendor)]);
    const error = await rejection(app.get(OAuth2HealthIndicator, { strict: false }).check('acne'));
    expect(error).toMatchObject({ code: 'PROVIDER_UNKNOWN' });
    expect(String(error)).toContain('acme');
  });

  describe('with `verify`', () => {
    it('a check obtains a token once, and the provider is up', async () => {
      await start([acme(vendor)]);
      for (let i = 0; i < 3; i++) expect(await health('/verified')).toMatchObject({ http: 200 });
      expect((await health()).details['acme']).toMatchObject({ state: 'up' });
      expect(vendor.tokenRequests).toHaveLength(1);
    });

    it('a refused login is down, and the checks after it respect the back-off', async () => {
      vendor.onToken = () => REFUSAL;
      await start([acme(vendor)]);
      for (let i = 0; i < 3; i++) {
        const { http, details } = await health('/verified');
        expect(http).toBe(503);
        expect(details['acme']).toMatchObject({ code: 'CREDENTIALS_REJECTED', retryInSeconds: 1 });
      }
      expect(vendor.tokenRequests).toHaveLength(1);
      vendor.onToken = () => vendor.grant();
      clock.advance(1_000);
      expect(await health('/verified')).toMatchObject({ http: 200 });
    });

    it('a vendor that does not answer is down when the time of the check is over', async () => {
      vendor.onToken = () => hang;
      await start([acme(vendor)]);
      expect(await health('/hurried')).toMatchObject({
        http: 503,
        details: {
          acme: { code: 'TOKEN_REQUEST_TIMEOUT', reason: 'There was no token within 0.1 s.' },
        },
      });
    });

    it.each([
      ['a `subject` function', { subject: () => undefined }],
      ['single-use tokens', { singleUse: true }],
    ])('a provider with %s is not asked for a token', async (_what, changes) => {
      await start([acme(vendor, changes)]);
      expect(await health('/verified')).toMatchObject({ http: 200 });
      expect(vendor.tokenRequests).toHaveLength(0);
    });
  });
});

interface Health {
  readonly status: string;
  readonly details: Record<string, Record<string, unknown>>;
}

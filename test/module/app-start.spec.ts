import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';

import {
  MemoryTokenStore,
  OAuth2ClientModule,
  type OAuth2ClientError,
  type ProviderDefinition,
} from '../../lib/index.js';
import { acme, CLIENT_SECRET } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor, hang } from '../support/fake-vendor.js';
import { App, CapturedLog, type AppOptions } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const REFUSAL = { status: 401, body: { error: 'invalid_client' } };

describe('the start of an app', () => {
  let vendor: FakeVendor;
  let app: App | undefined;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
  });
  afterEach(async () => {
    await Promise.all([app?.close(), vendor.close()]);
    app = undefined;
  });

  const start = async (options: AppOptions) => (app = await App.start(options));
  const lines = () => app!.log.lines.flatMap((line) => /^(.*) OAuth2Client$/.exec(line)?.[1] ?? []);

  it('one line lists the providers, the origins of their APIs and the store, and no path', async () => {
    const url = 'https://api.example/tenants/k83d1f0c2aa';
    await start({
      providers: [
        acme({ url }, { origins: ['https://*.example.com/files', 'https://api.example/v2'] }),
        acme({ url: 'https://bank.example' }, { name: 'bank', enabled: false }),
      ],
    });
    expect(lines()).toEqual([
      'log Providers: acme (https://api.example, https://*.example.com), bank (https://bank.example, disabled). Token store: none, so each instance logs in by itself.',
    ]);
  });

  it.each([
    ['its address', 'redis-1:6379', 'Token store: redis-1:6379.'],
    ['that it has no address', undefined, 'Token store: without an address.'],
  ])('the line tells of the store %s', async (_what, address, text) => {
    const store = Object.assign(new MemoryTokenStore(), { address });
    await start({ providers: [acme(vendor)], store });
    expect(lines()).toEqual([expect.stringContaining(text)]);
  });

  it('no provider is asked for a token without `verifyOnStart`', async () => {
    await start({ providers: [acme(vendor)] });
    expect(vendor.tokenRequests).toHaveLength(0);
  });

  describe('with `verifyOnStart`', () => {
    const refuseBank = () =>
      (vendor.onToken = ({ path }) => (path.startsWith('/bank') ? REFUSAL : vendor.grant()));
    const providers = (): ProviderDefinition[] =>
      ['acme', 'bank'].map((name) =>
        acme(vendor, {
          name,
          tokenEndpoint: `${vendor.url}/${name}/token`,
          baseURL: `${vendor.url}/${name}`,
        }),
      );

    it('the app starts with a token of each provider', async () => {
      await start({ providers: providers(), verifyOnStart: 'fail' });
      expect(app!.tokens('acme').status().state).toBe('up');
      expect(app!.tokens('bank').status().state).toBe('up');
      expect(vendor.tokenRequests).toHaveLength(2);
    });

    it('`warn` names each provider whose login failed, and the app starts', async () => {
      refuseBank();
      await start({ providers: providers(), verifyOnStart: 'warn' });
      expect(lines().filter((line) => line.includes('at start'))).toEqual([
        'warn [bank] The login at start failed (CREDENTIALS_REJECTED). The app starts nevertheless, and calls to this API fail until a login succeeds.',
      ]);
      expect(app!.tokens('acme').status().state).toBe('up');
    });

    it('`fail` refuses to start with one error that names each provider and its cause', async () => {
      vendor.onToken = () => REFUSAL;
      const error = (await rejection(
        start({ providers: providers(), verifyOnStart: 'fail' }),
      )) as OAuth2ClientError;
      expect(error).toMatchObject({ code: 'CREDENTIALS_REJECTED', provider: 'acme, bank' });
      for (const name of ['acme', 'bank']) {
        expect(error.message).toMatch(new RegExp(`- ${name}: CREDENTIALS_REJECTED: .*401`));
      }
      expect(error.message).toContain("`verifyOnStart: 'fail'`");
      expectNoSecret(error, [CLIENT_SECRET]);
    });

    it('a vendor that does not answer delays the start by the deadline of a renewal', async () => {
      vendor.onToken = () => hang;
      const before = performance.now();
      const error = await rejection(
        start({ providers: [acme(vendor, { deadline: 200 })], verifyOnStart: 'fail' }),
      );
      expect(error).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT' });
      expect(performance.now() - before).toBeLessThan(5_000);
    });

    it.each([
      ['is disabled', { enabled: false }],
      ['has a `subject` function', { subject: () => undefined }],
      ['has single-use tokens', { singleUse: true }],
    ])('a provider that %s is not asked for a token', async (_what, changes) => {
      await start({ providers: [acme(vendor, changes)], verifyOnStart: 'fail' });
      expect(vendor.tokenRequests).toHaveLength(0);
    });

    it('forRootAsync has the option as well, in both of its forms', async () => {
      vendor.onToken = () => REFUSAL;
      const definition = acme(vendor);
      const forms = [
        { providers: [{ name: 'acme', useFactory: () => definition }], verifyOnStart: 'fail' },
        {
          names: ['acme'],
          useFactory: () => ({ providers: [definition], verifyOnStart: 'fail' as const }),
        },
      ] as const;
      for (const form of forms) {
        const module = await Test.createTestingModule({
          imports: [OAuth2ClientModule.forRootAsync(form)],
        })
          .setLogger(new CapturedLog())
          .compile();
        expect(await rejection(module.init())).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
        await module.close();
      }
    });
  });
});

import { HttpService } from '@nestjs/axios';
import { Injectable, Module, type DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import {
  getHttpServiceToken,
  getTokenProviderToken,
  InjectHttpService,
  InjectTokenProvider,
  OAuth2ClientModule,
  TokenProvider,
  TokenProviders,
  type OAuth2ClientModuleOptions,
} from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { CapturedLog } from '../support/nest-app.js';

/** Starts an app of some imports; a test closes what it opened. */
async function start(...imports: (DynamicModule | { new (): object })[]) {
  const module = await Test.createTestingModule({ imports }).setLogger(new CapturedLog()).compile();
  opened.push(module);
  return module.init();
}
const opened: { close(): Promise<void> }[] = [];

describe('OAuth2ClientModule', () => {
  let vendor: FakeVendor;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((module) => module.close()));
    await vendor.close();
  });

  const options = (...names: string[]): OAuth2ClientModuleOptions => ({
    providers: names.map((name) => acme(vendor, { name, baseURL: `${vendor.url}/${name}` })),
  });

  describe('injects', () => {
    @Injectable()
    class Consumer {
      @InjectTokenProvider('shop') readonly asProperty!: TokenProvider;

      constructor(
        @InjectHttpService('shop') readonly bound: HttpService,
        @InjectHttpService() readonly any: HttpService,
        @InjectTokenProvider('bank') readonly tokens: TokenProvider,
        readonly providers: TokenProviders,
      ) {}
    }

    const consumer = async () => {
      @Module({
        imports: [OAuth2ClientModule.forRoot(options('shop', 'bank'))],
        providers: [Consumer],
      })
      class AppModule {}
      return (await start(AppModule)).get(Consumer);
    };

    it('an HttpService that is bound to a provider has its base URL and sends its token', async () => {
      const { bound } = await consumer();
      expect(bound).toBeInstanceOf(HttpService);
      await firstValueFrom(bound.get('/orders'));
      expect(vendor.apiRequests[0]).toMatchObject({
        path: '/shop/orders',
        token: 'access-token-number-1',
      });
    });

    it('an HttpService that is bound to no provider sends the token of each provider', async () => {
      const { any } = await consumer();
      vendor.onApi = () => ({});
      for (const path of ['shop/x', 'bank/x', 'else']) {
        await firstValueFrom(any.get(`${vendor.url}/${path}`));
      }
      expect(vendor.apiRequests.map(({ token }) => token)).toEqual([
        'access-token-number-1',
        'access-token-number-2',
        undefined,
      ]);
    });

    it('a TokenProvider can be injected, or looked up at run time', async () => {
      const { asProperty, tokens, providers } = await consumer();
      expect([asProperty.name, tokens.name]).toEqual(['shop', 'bank']);
      expect(tokens).toBeInstanceOf(TokenProvider);
      expect(providers.names).toEqual(['shop', 'bank']);
      expect([providers.has('bank'), providers.has('toString')]).toEqual([true, false]);
      expect(providers.get('bank')).toBe(tokens);
      expect(() => providers.get('bnak')).toThrow(/bnak.*Known providers: shop, bank/);
      expect((await tokens.getToken()).accessToken).toBe('access-token-number-1');
    });
  });

  it('an app starts without a token request, and so also while the vendor is down', async () => {
    const { port } = vendor;
    const module = OAuth2ClientModule.forRoot(options('shop'));
    await vendor.close();
    const app = await start(module);
    vendor = await FakeVendor.start({ port });
    expect(vendor.tokenRequests).toHaveLength(0);
    await firstValueFrom(app.get<HttpService>(getHttpServiceToken('shop')).get('/orders'));
    expect(vendor.tokenRequests).toHaveLength(1);
  });

  it('OAuth2ClientModule is visible where it is imported, and everywhere with `isGlobal`', async () => {
    @Injectable()
    class Consumer {
      constructor(@InjectHttpService('shop') readonly http: HttpService) {}
    }
    @Module({ providers: [Consumer] })
    class Feature {}
    expect(
      await rejection(start(OAuth2ClientModule.forRoot(options('shop')), Feature)),
    ).toMatchObject({ name: 'Error', message: expect.stringContaining('HttpService(shop)') });
    const global = { ...options('shop'), isGlobal: true };
    const app = await start(OAuth2ClientModule.forRoot(global), Feature);
    expect(app.get(Consumer, { strict: false }).http).toBeInstanceOf(HttpService);
  });

  it('two imports of OAuth2ClientModule share nothing, even with the same options', async () => {
    const seen: string[] = [];
    const alike = () =>
      OAuth2ClientModule.forRootAsync({
        names: ['shop'],
        useFactory: () => {
          seen.push('made');
          return options('shop');
        },
      });
    const same = options('shop');
    @Module({ imports: [alike()] })
    class First {}
    @Module({ imports: [alike()] })
    class Second {}
    @Module({ imports: [OAuth2ClientModule.forRoot(same)] })
    class Third {}
    @Module({ imports: [OAuth2ClientModule.forRoot(same)] })
    class Fourth {}
    const app = await start(First, Second, Third, Fourth);
    expect(seen).toEqual(['made', 'made']);
    const instances = [...new Set(findAll(app, getTokenProviderToken('shop')))];
    expect(instances).toHaveLength(4);
    for (const instance of instances) await instance.getToken();
    expect(vendor.tokenRequests).toHaveLength(4);
  });

  it.each([undefined, null, {}])(
    'OAuth2ClientModule fails at start with %j for options',
    async (nothing) => {
      const error = await rejection(
        start(OAuth2ClientModule.forRoot(nothing as OAuth2ClientModuleOptions)),
      );
      expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
    },
  );

  it('an app closes although a renewal hangs', async () => {
    vendor.onToken = () => () => {};
    const app = await start(OAuth2ClientModule.forRoot(options('shop')));
    const pending = app.get<TokenProvider>(getTokenProviderToken('shop')).getToken();
    pending.catch(() => {});
    await app.close();
    opened.length = 0;
  });
});

/** All instances of a provider in an app. */
function findAll(app: Awaited<ReturnType<typeof start>>, token: symbol): TokenProvider[] {
  const container = (app as unknown as { container: { getModules(): Map<string, NestModule> } })
    .container;
  return [...container.getModules().values()].flatMap(({ providers }) => {
    const wrapper = providers.get(token);
    return wrapper ? [wrapper.instance as TokenProvider] : [];
  });
}

interface NestModule {
  readonly providers: Map<unknown, { readonly instance: unknown }>;
}

import type { HttpService } from '@nestjs/axios';
import { Inject, Injectable, Module, type DynamicModule } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import {
  getHttpServiceToken,
  OAuth2ClientModule,
  type OAuth2ClientModuleOptions,
  type OAuth2ClientOptionsFactory,
} from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { CapturedLog } from '../support/nest-app.js';

const opened: { close(): Promise<void> }[] = [];

async function start(...imports: (DynamicModule | { new (): object })[]) {
  const module = await Test.createTestingModule({ imports }).setLogger(new CapturedLog()).compile();
  opened.push(module);
  return module.init();
}

describe('forRootAsync', () => {
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

  @Injectable()
  class Settings {
    readonly name = 'shop';
  }
  @Module({ providers: [Settings], exports: [Settings] })
  class SettingsModule {}

  const usable = async (module: DynamicModule, ...others: (typeof SettingsModule)[]) => {
    const app = await start(module, ...others);
    await firstValueFrom(app.get<HttpService>(getHttpServiceToken('shop')).get('/orders'));
    expect(vendor.apiRequests).toMatchObject([
      { path: '/shop/orders', token: 'access-token-number-1' },
    ]);
  };

  it('forRootAsync takes a factory with what it injects', () =>
    usable(
      OAuth2ClientModule.forRootAsync({
        names: ['shop'],
        imports: [SettingsModule],
        inject: [Settings],
        useFactory: ({ name }: Settings) => options(name),
      }),
    ));

  it('forRootAsync takes an asynchronous factory', () =>
    usable(
      OAuth2ClientModule.forRootAsync({
        names: ['shop'],
        useFactory: () => Promise.resolve(options('shop')),
      }),
    ));

  it('forRootAsync takes a class', () => {
    @Injectable()
    class Factory implements OAuth2ClientOptionsFactory {
      constructor(@Inject(Settings) private readonly settings: Settings) {}

      createOAuth2ClientOptions() {
        return options(this.settings.name);
      }
    }
    return usable(
      OAuth2ClientModule.forRootAsync({
        names: ['shop'],
        imports: [SettingsModule],
        useClass: Factory,
      }),
    );
  });

  it('forRootAsync takes an existing provider', async () => {
    let made = 0;
    @Injectable()
    class Factory implements OAuth2ClientOptionsFactory {
      constructor() {
        made++;
      }

      createOAuth2ClientOptions() {
        return Promise.resolve(options('shop'));
      }
    }
    @Module({ providers: [Factory], exports: [Factory] })
    class FactoryModule {}
    await usable(
      OAuth2ClientModule.forRootAsync({
        names: ['shop'],
        imports: [FactoryModule],
        useExisting: Factory,
      }),
      FactoryModule,
    );
    expect(made).toBe(1);
  });

  it.each([
    ['returns one that was not announced', ['shop'], ['shop', 'bank'], /bank.*not among the/],
    ['leaves out one that was announced', ['shop', 'bank'], ['shop'], /bank.*not defined/],
    ['returns another one', ['shop'], ['shup'], /shup.*not among the[\s\S]*shop.*not defined/],
  ])('forRootAsync fails at start if the factory %s', async (_what, names, defined, message) => {
    const error = await rejection(
      start(OAuth2ClientModule.forRootAsync({ names, useFactory: () => options(...defined) })),
    );
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', stage: 'configuration' });
    expect(String(error)).toMatch(message);
  });

  it("forRootAsync fails at start with the factory's own error", async () => {
    const reason = new Error('the vault is closed');
    const error = await rejection(
      start(
        OAuth2ClientModule.forRootAsync({
          names: ['shop'],
          useFactory: () => Promise.reject(reason),
        }),
      ),
    );
    expect(error).toBe(reason);
  });

  const factory = { name: 'shop', useFactory: () => acme(vendor, { name: 'shop' }) };

  it('forRootAsync takes a factory for each provider, with imports, beside plain definitions', async () => {
    const app = await start(
      OAuth2ClientModule.forRootAsync({
        providers: [
          {
            name: 'shop',
            imports: [SettingsModule],
            inject: [Settings],
            useFactory: async ({ name }: Settings) =>
              acme(vendor, { name, baseURL: `${vendor.url}/shop` }),
          },
          acme(vendor, { name: 'bank', baseURL: `${vendor.url}/bank` }),
        ],
      }),
    );
    for (const name of ['shop', 'bank']) {
      await firstValueFrom(app.get<HttpService>(getHttpServiceToken(name)).get('/orders'));
    }
    expect(vendor.apiRequests).toMatchObject([{ path: '/shop/orders' }, { path: '/bank/orders' }]);
  });

  it('a factory for one provider that returns another name fails at start', async () => {
    const providers = [{ ...factory, name: 'bank' }];
    const error = await rejection(start(OAuth2ClientModule.forRootAsync({ providers })));
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', stage: 'configuration' });
    expect(String(error)).toMatch(/shop.*not among the[\s\S]*bank.*not defined/);
  });

  it('two factories of one name fail at start', async () => {
    const providers = [factory, factory];
    const error = await rejection(start(OAuth2ClientModule.forRootAsync({ providers })));
    expect(String(error)).toMatch(/shop.*used by more than one provider/);
  });

  it('a factory for one provider that injects the request fails at start', async () => {
    const providers = [{ ...factory, inject: [REQUEST] }];
    const error = await rejection(start(OAuth2ClientModule.forRootAsync({ providers })));
    expect(String(error)).toMatch(/REQUEST scope/);
  });

  it('an error of a factory for one provider reaches the start of the app', async () => {
    const reason = new Error('the vault is closed');
    const providers = [{ name: 'shop', useFactory: () => Promise.reject(reason) }];
    expect(await rejection(start(OAuth2ClientModule.forRootAsync({ providers })))).toBe(reason);
  });

  it.each([
    ['a list with null', { providers: [null] }, /not a list of definitions and factories/],
    ['a factory without a name', { providers: [{ useFactory: options }] }, /not a list of/],
    ['names beside providers', { providers: [], names: ['shop'] }, /both `providers` and `names`/],
  ])('forRootAsync refuses %s', (_what, given, message) => {
    expect(() => OAuth2ClientModule.forRootAsync(given as never)).toThrow(message);
  });
});

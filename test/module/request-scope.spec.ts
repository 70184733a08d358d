import type { HttpService } from '@nestjs/axios';
import { Inject, Injectable, Module, Scope, type ModuleMetadata } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { InjectHttpService, OAuth2ClientModule } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { CapturedLog } from '../support/nest-app.js';

const opened: { close(): Promise<void> }[] = [];

afterEach(() => Promise.all(opened.splice(0).map((app) => app.close())));

async function start(metadata: ModuleMetadata) {
  const module = await Test.createTestingModule(metadata).setLogger(new CapturedLog()).compile();
  opened.push(module);
  return module.init();
}

describe('request scope', () => {
  it('a consumer in request scope uses the tokens of the module', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class PerRequest {
      constructor(
        @InjectHttpService('acme') readonly http: HttpService,
        @Inject(REQUEST) readonly request: unknown,
      ) {}
    }
    const vendor = await FakeVendor.start();
    try {
      const app = await start({
        imports: [OAuth2ClientModule.forRoot({ providers: [acme(vendor)] })],
        providers: [PerRequest],
      });
      const consumers = await Promise.all([app.resolve(PerRequest), app.resolve(PerRequest)]);
      expect(consumers[0]).not.toBe(consumers[1]);
      for (const { http } of consumers) await firstValueFrom(http.get('/orders'));
      expect(vendor.tokenRequests).toHaveLength(1);
    } finally {
      await vendor.close();
    }
  });

  it.each([
    ['injects the request', [REQUEST]],
    ['injects something in request scope', ['TENANT']],
  ])(
    'request scope is refused at start for a factory of options that %s',
    async (_what, inject) => {
      @Module({
        providers: [{ provide: 'TENANT', scope: Scope.REQUEST, useFactory: () => ({}) }],
        exports: ['TENANT'],
      })
      class TenantModule {}
      let made = 0;
      const error = await rejection(
        start({
          imports: [
            OAuth2ClientModule.forRootAsync({
              names: ['acme'],
              imports: [TenantModule],
              inject,
              useFactory: () => {
                made++;
                return { providers: [acme({ url: 'https://acme.example' })] };
              },
            }),
          ],
        }),
      );
      expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
      expect(String(error)).toMatch(/REQUEST scope.*oauth2\.subject/);
      expect(made).toBe(0);
    },
  );
});

import type { HttpService } from '@nestjs/axios';
import { Injectable, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  getTokenProviderToken,
  InjectHttpService,
  OAuth2ClientError,
  OAuth2ClientModule,
  TokenProviders,
} from 'nestjs-oauth2-client';
import {
  fakeTokenProvider,
  OAuth2TestServer,
  withFakeProviders,
  type FakeTokenProvider,
} from 'nestjs-oauth2-client/testing';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { CapturedLog } from '../support/nest-app.js';

let server: OAuth2TestServer;

@Injectable()
class Shop {
  constructor(
    @InjectHttpService('one') readonly one: HttpService,
    @InjectHttpService('two') readonly two: HttpService,
  ) {}
}

/** Its definitions are known when it starts, and its two modules do not know each other. */
@Module({
  imports: [
    OAuth2ClientModule.forRootAsync({
      names: ['one'] as const,
      useFactory: () => ({
        providers: [acme(server, { name: 'one', baseURL: `${server.url}/one` })],
      }),
    }),
    OAuth2ClientModule.forRootAsync({
      providers: [
        {
          name: 'two',
          useFactory: () => acme(server, { name: 'two', baseURL: `${server.url}/two` }),
        },
      ],
    }),
  ],
  providers: [Shop],
})
class AppModule {}

describe('withFakeProviders()', () => {
  let app: TestingModule;

  beforeEach(async () => void (server = await OAuth2TestServer.start()));
  afterEach(async () => {
    await app.close();
    await server.close();
  });

  const builder = () =>
    Test.createTestingModule({ imports: [AppModule] }).setLogger(new CapturedLog());
  const get = async (http: 'one' | 'two') => firstValueFrom(app.get(Shop)[http].get('/orders'));
  const fake = (name: string) =>
    app.get<FakeTokenProvider>(getTokenProviderToken(name), { strict: false });

  it('replaces the providers of all modules of an app, and no token endpoint is asked', async () => {
    app = await withFakeProviders(builder()).compile();
    server.issueToken('test-token-1');
    await get('one');
    await get('two');
    expect(server.tokenEndpoint.requests).toEqual([]);
    expect(server.api.requests).toMatchObject([
      { path: '/one/orders', token: 'test-token-1' },
      { path: '/two/orders', token: 'test-token-1' },
    ]);
    expect(fake('one').calls).toEqual([{ method: 'peek' }, { method: 'getToken' }]);
    expect(app.get(TokenProviders, { strict: false }).names).toHaveLength(1);
    expect([fake('one').name, fake('two').name]).toEqual(['one', 'two']);
  });

  it('gives its options to each of them', async () => {
    app = await withFakeProviders(builder(), { token: { accessToken: 'fixed' } }).compile();
    server.issueToken('fixed');
    await Promise.all([get('one'), get('two')]);
    expect(server.api.tokens).toEqual(['fixed', 'fixed']);
  });

  it('leaves a provider alone that the test overrides by its own token', async () => {
    const error = new OAuth2ClientError({
      code: 'THROTTLED',
      stage: 'token request',
      reason: 'The vendor answered 429.',
      hint: 'Wait.',
    });
    app = await withFakeProviders(builder())
      .overrideProvider(getTokenProviderToken('two'))
      .useValue(fakeTokenProvider({ error }))
      .compile();
    server.issueToken('test-token-1');
    expect((await get('one')).status).toBe(200);
    expect(await rejection(get('two'))).toMatchObject({ code: 'THROTTLED' });
  });
});

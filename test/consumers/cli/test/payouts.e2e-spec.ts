import type { INestApplication } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import {
  getTokenProviderToken,
  OAuth2ClientError,
  OAuth2ExceptionFilter,
} from 'nestjs-oauth2-client';
import {
  fakeTokenProvider,
  OAuth2TestServer,
  withFakeProviders,
} from 'nestjs-oauth2-client/testing';
import request from 'supertest';

import { AppModule } from './../src/app.module.js';

const OUTAGE = new OAuth2ClientError({
  code: 'TOKEN_ENDPOINT_UNAVAILABLE',
  provider: 'zeepay',
  stage: 'token request',
  reason: 'The token endpoint answered 503.',
  hint: 'Wait.',
  retryable: true,
});

describe('Payouts (e2e)', () => {
  let vendor: OAuth2TestServer;
  let app: INestApplication;

  beforeAll(async () => {
    vendor = await OAuth2TestServer.start();
    vendor.issueToken('test-token-1');
    vendor.api.respond(({ path }) => ({ body: [path] }));
    process.env.ZEEPAY_SERVER = vendor.url;
  });

  afterEach(() => app.close());
  afterAll(() => vendor.close());

  const builder = () => Test.createTestingModule({ imports: [AppModule] });
  const withDouble = (double: object) =>
    builder().overrideProvider(getTokenProviderToken('zeepay')).useValue(double);

  async function start(adjusted: TestingModuleBuilder) {
    const module = await adjusted.compile();
    app = module.createNestApplication();
    app.useGlobalFilters(new OAuth2ExceptionFilter());
    await app.init();
  }

  it('/payouts (GET) with fakes of all providers', async () => {
    await start(withFakeProviders(builder()));
    await request(app.getHttpServer()).get('/payouts').expect(200).expect(['/payouts']);
  });

  it('/payouts (GET) with a double that only has getToken', async () => {
    await start(withDouble({ getToken: () => fakeTokenProvider().getToken() }));
    await request(app.getHttpServer()).get('/payouts').expect(200).expect(['/payouts']);
  });

  it('/payouts (GET) without a token', async () => {
    await start(withDouble(fakeTokenProvider({ error: OUTAGE })));
    const { body } = await request(app.getHttpServer())
      .get('/payouts')
      .expect(503)
      .expect('Retry-After', '1');
    expect(body).toMatchObject({ error: 'TOKEN_ENDPOINT_UNAVAILABLE' });
  });
});

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  getTokenProviderToken,
  OAuth2ClientError,
  OAuth2ExceptionFilter,
} from 'nestjs-oauth2-client';
import { fakeTokenProvider } from 'nestjs-oauth2-client/testing';
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
  let vendor: Server;
  let app: INestApplication;

  beforeAll(async () => {
    vendor = createServer((request, response) => {
      const isKnown = request.headers.authorization === 'Bearer test-token-1';
      response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify([request.url]));
    });
    vendor.listen(0, '127.0.0.1');
    await once(vendor, 'listening');
    const { port } = vendor.address() as AddressInfo;
    process.env.ZEEPAY_SERVER = `http://127.0.0.1:${port}`;
  });

  afterEach(() => app.close());
  afterAll(() => vendor.close());

  async function start(double: object) {
    const module = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(getTokenProviderToken('zeepay'))
      .useValue(double)
      .compile();
    app = module.createNestApplication();
    app.useGlobalFilters(new OAuth2ExceptionFilter());
    await app.init();
  }

  it('/payouts (GET) with the exported double', async () => {
    await start(fakeTokenProvider());
    await request(app.getHttpServer()).get('/payouts').expect(200).expect(['/payouts']);
  });

  it('/payouts (GET) with a double that only has getToken', async () => {
    await start({ getToken: () => fakeTokenProvider().getToken() });
    await request(app.getHttpServer()).get('/payouts').expect(200).expect(['/payouts']);
  });

  it('/payouts (GET) without a token', async () => {
    await start(fakeTokenProvider({ error: OUTAGE }));
    const { body } = await request(app.getHttpServer())
      .get('/payouts')
      .expect(503)
      .expect('Retry-After', '1');
    expect(body).toMatchObject({ error: 'TOKEN_ENDPOINT_UNAVAILABLE' });
  });
});

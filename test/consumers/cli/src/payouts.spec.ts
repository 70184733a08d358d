import type { HttpService } from '@nestjs/axios';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  getHttpServiceToken,
  getTokenProviderToken,
  type TokenProvider,
} from 'nestjs-oauth2-client';
import { fakeTokenProvider } from 'nestjs-oauth2-client/testing';

import { PayoutModule, PayoutService } from './payouts.js';

describe('PayoutService', () => {
  const tokens = fakeTokenProvider();
  const typed: TokenProvider = tokens;
  let module: TestingModule;
  const sent: unknown[] = [];

  beforeEach(async () => {
    module = await Test.createTestingModule({ imports: [PayoutModule] })
      .overrideProvider(getTokenProviderToken('zeepay'))
      .useValue(typed)
      .compile();
    const http = module.get<HttpService>(getHttpServiceToken('zeepay'), { strict: false });
    http.axiosRef.defaults.adapter = (config) => {
      sent.push(config.headers.get('Authorization'));
      const status = sent.length === 1 ? 401 : 200;
      return Promise.resolve({ data: ['a'], status, statusText: '', headers: {}, config });
    };
  });

  afterEach(() => module.close());

  it('sends the token of the double, and the next one after a 401', async () => {
    expect(await module.get(PayoutService).list()).toEqual(['a']);
    expect(sent).toEqual(['Bearer test-token-1', 'Bearer test-token-2']);
    expect(tokens.calls.map(({ method }) => method)).toEqual(['peek', 'getToken', 'renew']);
  });
});

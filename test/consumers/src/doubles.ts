import { deepStrictEqual, equal, rejects } from 'node:assert';

import { Test } from '@nestjs/testing';
import { getTokenProviderToken, TokenProvider } from 'nestjs-oauth2-client';
import { fakeTokenProvider, type OAuth2TestServer } from 'nestjs-oauth2-client/testing';

import { AppModule, PayoutService, type Settings } from './app.js';

/** Runs the app with doubles of its TokenProvider: the exported one, and such as people write by hand. */
export async function checkDoubles(settings: Settings, vendor: OAuth2TestServer) {
  vendor.issueToken('test-token-2');
  const tokens = fakeTokenProvider();
  const typed: TokenProvider = tokens;
  const app = await start(settings, typed);
  // The vendor does not know the first token, and so answers 401 to it.
  deepStrictEqual(await app.get(PayoutService).list(), [{ id: 1, amount: '12.50' }]);
  equal(await app.get(PayoutService).token(), 'test-token-2');
  equal(tokens.calls.filter(({ method }) => method === 'renew').length, 1);
  await app.close();

  const getToken = () => fakeTokenProvider({ token: { accessToken: 'test-token-2' } }).getToken();
  const closesBadly = () => {
    throw new Error('of a double');
  };
  for (const double of [{ getToken }, { getToken, close: closesBadly }]) {
    const other = await start(settings, double);
    deepStrictEqual(await other.get(PayoutService).list(), [{ id: 1, amount: '12.50' }]);
    await other.close();
  }
  const empty = await start(settings, {});
  await rejects(empty.get(PayoutService).list(), /fakeTokenProvider/);
  await empty.close();
}

async function start(settings: Settings, double: object) {
  const app = await Test.createTestingModule({ imports: [AppModule.withOptions(settings)] })
    .overrideProvider(getTokenProviderToken('zeepay'))
    .useValue(double)
    .compile();
  return app.init();
}

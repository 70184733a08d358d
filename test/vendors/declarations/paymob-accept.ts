import { defineProvider } from '../../../lib/index.js';

export const API_KEY = 'ZXlKaGJHY2lPaUpJVXpVeE1pSjku-paymob';

export const declare = (server: string) =>
  defineProvider({
    name: 'paymob-accept',
    tokenEndpoint: `${server}/api/auth/tokens`,
    grantType: 'custom',
    encoding: 'json',
    parameters: { api_key: API_KEY },
    response: { accessToken: 'token' },
    defaultLifetime: 3_000,
    baseURL: server,
  });

import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'acme-bank-client';
export const CLIENT_SECRET = '9rT2-ripple-XkQ1vB7mLs';

export const declare = (server: string) =>
  defineProvider({
    name: 'ripple-payments',
    tokenEndpoint: `${server}/acme-bank/oauth/token`,
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    encoding: 'json',
    parameters: { audience: 'urn:ripplexcurrent-test:acme-bank' },
    baseURL: server,
  });

import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'Kq3xU-b8eR_1nWm5Zt7YpL';
export const CLIENT_SECRET = 'uber-2Fq9sVj6Rk4Xh8Dc1';

export const declare = (server: string) =>
  defineProvider({
    name: 'uber',
    tokenEndpoint: `${server}/oauth/v2/token`,
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scope: 'business.receipts profile',
    quota: { requests: 100, seconds: 3_600 },
    baseURL: server,
  });

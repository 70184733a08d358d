import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = '1000.8NFLPGO3TSFWN4VBIS6W5SBZ1XXYZ';
export const CLIENT_SECRET = '72f1c4c8d9e0a1b2c3d4e5f60718293a';
export const REFRESH_TOKEN = '1000.8ecdfc4a36a8be8c2a8a7c9e7b61d4aa.7b5d3f2c1e';

export const declare = (server: string) =>
  defineProvider({
    name: 'zoho',
    tokenEndpoint: `${server}/oauth/v2/token`,
    grantType: 'refresh_token',
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    refreshToken: REFRESH_TOKEN,
    encoding: 'query',
    quota: { requests: 10, seconds: 600 },
    use: { scheme: 'Zoho-oauthtoken' },
    baseURLFrom: 'api_domain',
    origins: [server],
  });

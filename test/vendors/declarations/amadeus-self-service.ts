import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'k2Vt9amadeus';
export const CLIENT_SECRET = 'w8RyQ3nLsFz6';

export const declare = (server: string) =>
  defineProvider({
    name: 'amadeus',
    tokenEndpoint: '/v1/security/oauth2/token',
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    baseURL: server,
  });

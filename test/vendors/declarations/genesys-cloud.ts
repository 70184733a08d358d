import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = '8f3b2a7c-genesys';
export const CLIENT_SECRET = 'tB5xNz2QvKm8Lw';

export const declare = (server: string) =>
  defineProvider({
    name: 'genesys',
    tokenEndpoint: `${server}/oauth/token`,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    baseURL: server,
  });

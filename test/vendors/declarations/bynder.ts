import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = '7ad1c3e0-bynder';
export const CLIENT_SECRET = 'q3ZbWf6YtHn8Mj';

export const declare = (server: string) =>
  defineProvider({
    name: 'bynder',
    tokenEndpoint: '/v6/authentication/oauth2/token',
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scope: 'offline asset:read',
    refresh: 'standard',
    baseURL: server,
  });

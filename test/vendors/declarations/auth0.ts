import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'mZ3kT0auth0client';
export const CLIENT_SECRET = 'yE6wHs1VnPj4LcXq';

export const declare = (server: string) =>
  defineProvider({
    name: 'auth0',
    tokenEndpoint: '/oauth/token',
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    parameters: { audience: 'https://api.acme.example/' },
    baseURL: server,
  });

import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'a1c5e9hubspot';
export const CLIENT_SECRET = 'uT6mZb2XwKq8Ls';
export const REFRESH_TOKEN = 'na1-7f3e-Rw9VtNx4Qz';

export const declare = (server: string) =>
  defineProvider({
    name: 'hubspot',
    tokenEndpoint: '/oauth/v1/token',
    grantType: 'refresh_token',
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    refreshToken: REFRESH_TOKEN,
    baseURL: server,
  });

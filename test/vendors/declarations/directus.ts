import { defineProvider, values } from '../../../lib/index.js';

export const EMAIL = 'service@acme.example';
export const PASSWORD = 'dX2mQr7HsKt5';

export const declare = (server: string) =>
  defineProvider({
    name: 'directus',
    tokenEndpoint: '/auth/login',
    grantType: 'custom',
    encoding: 'json',
    parameters: { email: EMAIL, password: PASSWORD },
    response: {
      accessToken: 'data.access_token',
      expiresIn: 'data.expires',
      refreshToken: 'data.refresh_token',
    },
    lifetimeFormat: 'milliseconds',
    refresh: {
      url: '/auth/refresh',
      grantType: 'custom',
      parameters: { refresh_token: values.refreshToken, mode: 'json' },
    },
    baseURL: server,
  });

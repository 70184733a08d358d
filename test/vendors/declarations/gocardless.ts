import { defineProvider, values } from '../../../lib/index.js';

export const SECRET_ID = '5c1e7d93-gocardless';
export const SECRET_KEY = 'e7Jw2VnXq9RtLb5Zs';

export const declare = (server: string) =>
  defineProvider({
    name: 'gocardless',
    tokenEndpoint: '/api/v2/token/new/',
    grantType: 'custom',
    encoding: 'json',
    parameters: { secret_id: SECRET_ID, secret_key: SECRET_KEY },
    response: { accessToken: 'access', expiresIn: 'access_expires', refreshToken: 'refresh' },
    refresh: {
      url: '/api/v2/token/refresh/',
      grantType: 'custom',
      parameters: { refresh: values.refreshToken },
    },
    baseURL: server,
  });

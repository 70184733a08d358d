import { defineProvider, values } from '../../../lib/index.js';
import { basic } from '../../../lib/define.js';

export const USERNAME = 'apiuser';
export const PASSWORD = 'gK4tPz7LwNv1';

export const declare = (server: string) =>
  defineProvider({
    name: 'fmc',
    tokenEndpoint: '/api/fmc_platform/v1/auth/generatetoken',
    grantType: 'custom',
    encoding: 'none',
    headers: { Authorization: basic(USERNAME, PASSWORD) },
    response: {
      accessToken: { header: 'X-auth-access-token' },
      refreshToken: { header: 'X-auth-refresh-token' },
    },
    defaultLifetime: 1_800,
    refresh: {
      url: '/api/fmc_platform/v1/auth/refreshtoken',
      headers: {
        'X-auth-access-token': values.accessToken,
        'X-auth-refresh-token': values.refreshToken,
      },
      limit: 3,
    },
    baseURL: server,
    use: { header: 'X-auth-access-token' },
  });

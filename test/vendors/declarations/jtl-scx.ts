import { defineProvider } from '../../../lib/index.js';

export const REFRESH_TOKEN = 'b6Yx3Nq9ScxTz7KwLm';

export const declare = (server: string) =>
  defineProvider({
    name: 'jtl',
    tokenEndpoint: '/v1/auth',
    grantType: 'custom',
    parameters: { refreshToken: REFRESH_TOKEN },
    response: { accessToken: 'authToken', expiresIn: 'expiresIn' },
    baseURL: server,
  });

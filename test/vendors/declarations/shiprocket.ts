import { defineProvider } from '../../../lib/index.js';

export const EMAIL = 'api@acme.example';
export const PASSWORD = 'Sh1p-rocket&go';

export const declare = (server: string) =>
  defineProvider({
    name: 'shiprocket',
    tokenEndpoint: `${server}/v1/external/auth/login`,
    grantType: 'custom',
    encoding: 'json',
    parameters: { email: EMAIL, password: PASSWORD },
    response: { accessToken: 'token' },
    lifetimeFormat: 'jwt',
    baseURL: server,
  });

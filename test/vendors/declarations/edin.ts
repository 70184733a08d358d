import { defineProvider } from '../../../lib/index.js';

export const EMAIL = 'edi@acme.example';
export const PASSWORD = 'jF6yBn3WzTq8';

export const declare = (server: string) =>
  defineProvider({
    name: 'edin',
    tokenEndpoint: '/api/authorization/hash',
    grantType: 'custom',
    parameters: { email: EMAIL, password: PASSWORD },
    response: { accessToken: 'SID' },
    defaultLifetime: 1_200,
    baseURL: server,
    use: { scheme: '' },
  });

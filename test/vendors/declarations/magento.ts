import { defineProvider } from '../../../lib/index.js';

export const USERNAME = 'integration';
export const PASSWORD = 'kN5bRv9XsWq3';

export const declare = (server: string) =>
  defineProvider({
    name: 'magento',
    tokenEndpoint: '/rest/default/V1/integration/admin/token',
    grantType: 'custom',
    encoding: 'json',
    parameters: { username: USERNAME, password: PASSWORD },
    response: { accessToken: { body: true } },
    defaultLifetime: 14_400,
    baseURL: server,
  });

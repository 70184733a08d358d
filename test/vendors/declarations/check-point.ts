import { defineProvider, values } from '../../../lib/index.js';

export const USER = 'automation';
export const PASSWORD = 'nW8sVc5QxRj3';

export const declare = (server: string) =>
  defineProvider({
    name: 'check-point',
    tokenEndpoint: '/web_api/login',
    grantType: 'custom',
    encoding: 'json',
    parameters: { user: USER, password: PASSWORD, domain: 'Retail' },
    response: { accessToken: 'sid', expiresIn: 'session-timeout' },
    revocation: {
      url: '/web_api/logout',
      encoding: 'json',
      headers: { 'X-chkp-sid': values.accessToken },
    },
    revokeReplaced: true,
    baseURL: server,
    use: { header: 'X-chkp-sid' },
  });

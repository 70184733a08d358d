import { defineProvider } from '../../../lib/index.js';

export const USERNAME = 'acme-pay';
export const PASSWORD = 'vL9cXp4DnRs6';

export const declare = (server: string) =>
  defineProvider({
    name: 'flinks',
    tokenEndpoint: '/api/v1/authorize',
    grantType: 'custom',
    parameters: { grant_type: 'client_credentials', Username: USERNAME, Password: PASSWORD },
    singleUse: true,
    baseURL: server,
  });

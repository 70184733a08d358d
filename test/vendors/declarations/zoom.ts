import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'aBcD_1234-zoom-EfGh';
export const CLIENT_SECRET = 'zM7kL2nP9qR4sT6uV8wX';
export const ACCOUNT = 'Q1w2E3r4T5y6U7i8O9p0Aa';

export const declare = (server: string) =>
  defineProvider({
    name: 'zoom',
    tokenEndpoint: `${server}/oauth/token`,
    grantType: 'custom',
    clientAuthentication: 'client_secret_basic',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    parameters: { grant_type: 'account_credentials', account_id: ACCOUNT },
    baseURL: server,
  });

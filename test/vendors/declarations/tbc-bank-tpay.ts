import { defineProvider } from '../../../lib/index.js';

export const API_KEY = 'xGq2mUJhA5bC8dE1fH4jK7lN0pR3sT6v';
export const CLIENT_ID = '7000001';
export const CLIENT_SECRET = 'tpay-Bs7Qw2Er9T';

export const declare = (server: string) =>
  defineProvider({
    name: 'tbc-bank-tpay',
    tokenEndpoint: `${server}/v2/tpay/access-token`,
    grantType: 'custom',
    parameters: { client_id: CLIENT_ID, client_secret: CLIENT_SECRET },
    headers: { apikey: API_KEY },
    use: { headers: { apikey: API_KEY } },
    baseURL: server,
  });

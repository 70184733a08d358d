import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'fb492b5e-7907-4d83-ba20-c7fb60ca35de';
export const CLIENT_SECRET = 'Y8Kteew6GE3ZmeycEt6egg==';
export const SUBSCRIPTION_KEY = '0f14ebcab0eb4b29ae0cb90d91b4a84a';
export const MERCHANT = '123456';

export const declare = (server: string) =>
  defineProvider({
    name: 'vipps-mobilepay',
    tokenEndpoint: `${server}/accesstoken/get`,
    grantType: 'custom',
    encoding: 'none',
    headers: {
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
      'Ocp-Apim-Subscription-Key': SUBSCRIPTION_KEY,
      'Merchant-Serial-Number': MERCHANT,
    },
    use: {
      headers: {
        'Ocp-Apim-Subscription-Key': SUBSCRIPTION_KEY,
        'Merchant-Serial-Number': MERCHANT,
      },
    },
    baseURL: server,
  });

import { defineProvider } from '../../../lib/index.js';

export const API_USER = '72b1fd0c-momo';
export const API_KEY = 'f1db798c98df4bcf83b538175893bbf0';
export const SUBSCRIPTION_KEY = 'd484a1f0d34f4301916d0f2c9e9106a2';

export const declare = (server: string) =>
  defineProvider({
    name: 'momo-collection',
    tokenEndpoint: '/collection/token/',
    grantType: 'custom',
    encoding: 'none',
    clientAuthentication: 'client_secret_basic_raw',
    clientId: API_USER,
    clientSecret: API_KEY,
    headers: { 'Ocp-Apim-Subscription-Key': SUBSCRIPTION_KEY },
    baseURL: server,
    use: {
      scheme: 'Bearer',
      headers: { 'Ocp-Apim-Subscription-Key': SUBSCRIPTION_KEY, 'X-Target-Environment': 'sandbox' },
    },
  });

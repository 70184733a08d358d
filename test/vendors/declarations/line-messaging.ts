import { defineProvider } from '../../../lib/index.js';
import { RSA_PRIVATE_KEY } from '../key-pairs.js';

export const CHANNEL_ID = '1653421987';
export const KEY_ID = '536e453c-line';

export const declare = (server: string) =>
  defineProvider({
    name: 'line',
    tokenEndpoint: '/oauth2/v2.1/token',
    clientAuthentication: 'private_key_jwt',
    clientId: CHANNEL_ID,
    clientAssertion: {
      key: RSA_PRIVATE_KEY,
      keyId: KEY_ID,
      audience: 'https://api.line.me/',
      claims: { token_exp: 2_592_000 },
    },
    baseURL: server,
  });

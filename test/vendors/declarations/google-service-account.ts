import { defineProvider } from '../../../lib/index.js';
import { RSA_PRIVATE_KEY } from '../key-pairs.js';

export const CLIENT_EMAIL = 'robot@acme.iam.gserviceaccount.example';
export const PRIVATE_KEY_ID = '3f9a1c7d5b';

export const declare = (server: string) =>
  defineProvider({
    name: 'google',
    tokenEndpoint: `${server}/token`,
    grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: {
      key: RSA_PRIVATE_KEY,
      keyId: PRIVATE_KEY_ID,
      issuer: CLIENT_EMAIL,
      subject: 'admin@acme.example',
      claims: { scope: 'https://www.googleapis.com/auth/calendar' },
    },
    baseURL: server,
  });

import { defineProvider } from '../../../lib/index.js';
import { RSA_PRIVATE_KEY } from '../key-pairs.js';

export const INTEGRATION_KEY = '2f1d7c4e-docusign';
export const USER_ID = '9c7b5a31-user';

export const declare = (server: string) =>
  defineProvider({
    name: 'docusign',
    tokenEndpoint: `${server}/oauth/token`,
    grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: {
      key: RSA_PRIVATE_KEY,
      issuer: INTEGRATION_KEY,
      subject: USER_ID,
      audience: 'account-d.docusign.com',
      claims: { scope: 'signature impersonation' },
    },
    after: {
      user: {
        method: 'GET',
        url: '/oauth/userinfo',
        headers: { Authorization: ({ accessToken }) => `Bearer ${accessToken}` },
      },
    },
    baseURLFrom: 'user.accounts.[is_default=true].base_uri',
    origins: [server],
  });

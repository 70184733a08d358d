import { defineProvider } from '../../../lib/index.js';
import { RSA_PRIVATE_KEY } from '../key-pairs.js';

export const CLIENT_ID = '0oar95zt9zIpYuz6A0h7';
export const KEY_ID = 'Hd4VzQ-okta';

export const declare = (server: string) =>
  defineProvider({
    name: 'okta',
    tokenEndpoint: '/oauth2/v1/token',
    clientAuthentication: 'private_key_jwt',
    clientId: CLIENT_ID,
    clientAssertion: { key: RSA_PRIVATE_KEY, keyId: KEY_ID },
    scope: 'okta.users.read okta.groups.read',
    baseURL: server,
  });

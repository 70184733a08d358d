import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'acme_sign_stage';
export const CLIENT_SECRET = 'hX7uA9pass2QwErTy';

export const declare = (server: string) =>
  defineProvider({
    name: 'uae-pass',
    tokenEndpoint: `${server}/trustedx-authserver/oauth/main-as/token`,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scope: 'urn:safelayer:eidas:sign:process:document',
    baseURL: server,
  });

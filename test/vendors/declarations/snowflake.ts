import { defineProvider } from '../../../lib/index.js';
import { publicKeyFingerprint } from '../../../lib/define.js';
import { rsaKey } from '../keys.js';

export const USER = 'ACMEORG-ACME.INTEGRATION';
export const PRIVATE_KEY = rsaKey();

export const declare = (server: string) =>
  defineProvider({
    name: 'snowflake',
    grantType: 'self_signed_jwt',
    clientId: USER,
    assertion: { key: PRIVATE_KEY, issuer: `${USER}.${publicKeyFingerprint(PRIVATE_KEY)}` },
    use: { headers: { 'X-Snowflake-Authorization-Token-Type': 'KEYPAIR_JWT' } },
    baseURL: server,
  });

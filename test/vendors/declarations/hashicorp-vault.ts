import { defineProvider, values } from '../../../lib/index.js';

export const ROLE_ID = 'c7a1f0d2-role';
export const SECRET_ID = 'b9Wn4TzX-6Rq2LkVs8';

export const declare = (server: string) =>
  defineProvider({
    name: 'vault',
    tokenEndpoint: '/v1/auth/approle/login',
    grantType: 'custom',
    encoding: 'json',
    parameters: { role_id: ROLE_ID, secret_id: SECRET_ID },
    response: { accessToken: 'auth.client_token', expiresIn: 'auth.lease_duration' },
    refresh: {
      url: '/v1/auth/token/renew-self',
      grantType: 'custom',
      headers: { 'X-Vault-Token': values.accessToken },
      prolongs: true,
    },
    baseURL: server,
    use: { header: 'X-Vault-Token', rejected: { status: [403] } },
  });

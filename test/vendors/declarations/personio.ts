import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'papi-2f5a8c11-6e0b-4a6d-9d0e';
export const CLIENT_SECRET = 'papi-c0ZkQ1VxTmYxM2hQ';

export const declare = (server: string) =>
  defineProvider({
    name: 'personio',
    tokenEndpoint: `${server}/v1/auth`,
    grantType: 'custom',
    encoding: 'query',
    parameters: { client_id: CLIENT_ID, client_secret: CLIENT_SECRET },
    headers: { 'X-Personio-Partner-ID': 'ACME', 'X-Personio-App-ID': 'acme-hr' },
    response: { accessToken: 'data.token', success: { success: true } },
    singleUse: true,
    use: { headers: { 'X-Personio-Partner-ID': 'ACME', 'X-Personio-App-ID': 'acme-hr' } },
    baseURL: server,
  });

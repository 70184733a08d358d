import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'b1c7a7c0-5f5d-4c6c-8a39-2f9ab8d6b0aa';
export const CLIENT_SECRET = '7a0f4b62-8f0e-4f4b-9a06-0ed1fce5ffee';

export const declare = (server: string) =>
  defineProvider({
    name: 'pluggy',
    tokenEndpoint: `${server}/auth`,
    grantType: 'custom',
    encoding: 'json',
    parameters: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET },
    response: { accessToken: 'apiKey' },
    lifetimeFormat: 'jwt',
    use: { header: 'X-API-KEY', rejected: { status: [403] } },
    baseURL: server,
  });

import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = '5e3d1c9a-marketo';
export const CLIENT_SECRET = 'uN4xBv82KdQz7s';

export const declare = (server: string) =>
  defineProvider({
    name: 'marketo',
    tokenEndpoint: '/identity/oauth/token',
    method: 'GET',
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    baseURL: server,
    use: { rejected: { body: { 'errors.0.code': [601, 602] } } },
  });

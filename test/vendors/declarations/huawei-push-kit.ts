import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = '101234567';
export const CLIENT_SECRET = 'aD3kXt8VqWz5NmLr';

export const declare = (server: string) =>
  defineProvider({
    name: 'huawei-push',
    tokenEndpoint: `${server}/oauth2/v3/token`,
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    baseURL: server,
    use: { rejected: { body: { code: 80200003 } } },
  });

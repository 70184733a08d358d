import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'zs-4k2m9x7c1v';
export const CLIENT_SECRET = 'pW3rT6yU9iO2pA5sD8fG';

export const declare = (server: string) =>
  defineProvider({
    name: 'zscaler-oneapi',
    tokenEndpoint: `${server}/oauth2/v1/token`,
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    parameters: { audience: 'https://api.zscaler.com' },
    baseURL: server,
  });

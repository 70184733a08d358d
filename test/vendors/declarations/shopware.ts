import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'SWIAWUFJTLZTWHP5TTLVCZBNTA';
export const CLIENT_SECRET = 'WU51OUVQTjJrVFVzT1ZkUXJZTmE';

export const declare = (server: string) =>
  defineProvider({
    name: 'shopware',
    tokenEndpoint: `${server}/api/oauth/token`,
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    encoding: 'json',
    baseURL: server,
  });

import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'l7fedex3c9a1e5';
export const CLIENT_SECRET = 'zM1qWv8RtKx5Hd';
export const CHILD_KEY = 'l7child8b2f6d';
export const CHILD_SECRET = 'pC4nLs9YgJw7Ft';

export const declare = (server: string) =>
  defineProvider({
    name: 'fedex',
    tokenEndpoint: '/oauth/token',
    grantType: 'custom',
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    parameters: { grant_type: 'csp_credentials', child_Key: CHILD_KEY, child_secret: CHILD_SECRET },
    baseURL: server,
  });

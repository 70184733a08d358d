import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'acme-integration';
export const CLIENT_SECRET = 'mYq3pT0kVf8sZ1cR7bWnX5hJ2gLd';
export const APP_ID = 24_681_012;
export const APP_TOKEN = 'f3a1c9e07b5d4826a1b2c3d4e5f60718';

export const declare = (server: string) =>
  defineProvider({
    name: 'podio',
    tokenEndpoint: `${server}/oauth/token`,
    grantType: 'custom',
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    parameters: { grant_type: 'app', app_id: APP_ID, app_token: APP_TOKEN },
    refresh: 'standard',
    use: { scheme: 'OAuth2' },
    baseURL: server,
  });

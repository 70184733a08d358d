import { defineProvider, values } from '../../../lib/index.js';

export const CLIENT_ID = '8d2f1a7b3c4e5f6071';
export const CLIENT_SECRET = 'b7c8d9e0f1a2b3c4d5e6f70819203a4b';
export const SHOP = '110018';

export const declare = (server: string) =>
  defineProvider({
    name: 'youzan',
    tokenEndpoint: `${server}/auth/token`,
    grantType: 'custom',
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    encoding: 'json',
    parameters: { authorize_type: 'silent', grant_id: SHOP },
    response: {
      accessToken: 'data.access_token',
      expiresIn: 'data.expires',
      refreshToken: 'data.refresh_token',
      success: { success: true },
      error: 'code',
    },
    lifetimeFormat: 'epoch_milliseconds',
    refresh: {
      grantType: 'custom',
      parameters: { authorize_type: 'refresh_token', refresh_token: values.refreshToken },
    },
    use: { queryParameter: 'access_token' },
    baseURL: server,
  });

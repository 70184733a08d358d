import { defineProvider, values } from '../../../lib/index.js';

export const APP_KEY = '4f6o0cjiki2rfm34kfdadl1eqq';
export const APP_SECRET = '2is7hdktrekvrbljjh44ll3d9l1';
export const USERNAME = 'sandboxTokenizedUser02';
export const PASSWORD = 'sBk7Xw2RmTn9@';

export const declare = (server: string) =>
  defineProvider({
    name: 'bkash',
    tokenEndpoint: '/v1.2.0-beta/tokenized/checkout/token/grant',
    grantType: 'custom',
    encoding: 'json',
    headers: { username: USERNAME, password: PASSWORD },
    parameters: { app_key: APP_KEY, app_secret: APP_SECRET },
    response: {
      accessToken: 'id_token',
      success: { statusCode: '0000' },
      error: 'statusCode',
      errorDescription: 'statusMessage',
    },
    refresh: {
      url: '/v1.2.0-beta/tokenized/checkout/token/refresh',
      grantType: 'custom',
      parameters: { app_key: APP_KEY, app_secret: APP_SECRET, refresh_token: values.refreshToken },
    },
    baseURL: server,
    use: { scheme: '', headers: { 'X-APP-Key': APP_KEY } },
  });

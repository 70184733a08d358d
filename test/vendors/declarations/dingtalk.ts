import { defineProvider } from '../../../lib/index.js';

export const APP_KEY = 'dingeqqpkv3xxxxxx';
export const APP_SECRET = 'GT-lsu9Vb2NqXw4Km';

export const declare = (server: string) =>
  defineProvider({
    name: 'dingtalk',
    tokenEndpoint: '/gettoken',
    grantType: 'custom',
    method: 'GET',
    parameters: { appkey: APP_KEY, appsecret: APP_SECRET },
    response: { success: { errcode: 0 }, error: 'errcode', errorDescription: 'errmsg' },
    baseURL: server,
    use: { queryParameter: 'access_token', rejected: { body: { errcode: [40014, 42001] } } },
  });

import { defineProvider } from '../../../lib/index.js';

export const USER_NAME = 'acme_api';
export const SYSTEM_CODE = 'mY7rQz3LxVw9';

export const declare = (server: string) =>
  defineProvider({
    name: 'fusionsolar',
    tokenEndpoint: '/thirdData/login',
    grantType: 'custom',
    encoding: 'json',
    parameters: { userName: USER_NAME, systemCode: SYSTEM_CODE },
    response: {
      accessToken: { header: 'xsrf-token' },
      success: { success: true },
      error: 'failCode',
      errors: { 407: 'throttled' },
    },
    defaultLifetime: 1_800,
    baseURL: server,
    use: { header: 'xsrf-token', rejected: { body: { failCode: 305 } } },
  });

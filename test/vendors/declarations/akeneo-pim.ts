import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = '4gm4rnoizp8g0cgk8g';
export const CLIENT_SECRET = 's1gkz2wPqHx6Vd';
export const USERNAME = 'erp_4421';
export const PASSWORD = 'bT7nLq3JfWm9';

export const declare = (server: string) =>
  defineProvider({
    name: 'akeneo',
    tokenEndpoint: '/api/oauth/v1/token',
    grantType: 'password',
    encoding: 'json',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    username: USERNAME,
    password: PASSWORD,
    baseURL: server,
  });

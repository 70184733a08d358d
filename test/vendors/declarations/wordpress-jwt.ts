import { defineProvider } from '../../../lib/index.js';

export const USERNAME = 'acme-api';
export const PASSWORD = 'Wp&jwt pass 42';

export const declare = (server: string) =>
  defineProvider({
    name: 'wordpress-jwt',
    tokenEndpoint: `${server}/wp-json/jwt-auth/v1/token`,
    grantType: 'custom',
    encoding: 'json',
    parameters: { username: USERNAME, password: PASSWORD },
    response: { accessToken: 'token', error: 'code' },
    lifetimeFormat: 'jwt',
    use: { rejected: { body: { code: 'jwt_auth_invalid_token' } } },
    baseURL: server,
  });

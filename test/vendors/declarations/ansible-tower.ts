import { defineProvider } from '../../../lib/index.js';

export const USERNAME = 'automation';
export const PASSWORD = 'cR5vKm8ZtXq2';

export const declare = (server: string) =>
  defineProvider({
    name: 'tower',
    tokenEndpoint: '/api/v1/authtoken/',
    grantType: 'custom',
    encoding: 'json',
    parameters: { username: USERNAME, password: PASSWORD },
    response: { accessToken: 'token', expiresIn: 'expires' },
    lifetimeFormat: 'date',
    baseURL: server,
    use: { scheme: 'Token' },
  });

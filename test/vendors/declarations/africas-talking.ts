import { defineProvider } from '../../../lib/index.js';

export const USERNAME = 'acme';
export const API_KEY = 'atsk_7Yp2Lw9QeRk4Tz';

export const declare = (server: string) =>
  defineProvider({
    name: 'africas-talking',
    tokenEndpoint: '/auth-token/generate',
    grantType: 'custom',
    encoding: 'json',
    headers: { apiKey: API_KEY },
    parameters: { username: USERNAME },
    response: {
      accessToken: 'token',
      expiresIn: 'lifetimeInSeconds',
      failure: { token: 'None' },
      errorDescription: 'description',
    },
    baseURL: server,
    use: { header: 'authToken' },
  });

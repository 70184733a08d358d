import { defineProvider } from '../../../lib/index.js';

export const USERNAME = 'robot';
export const PASSWORD = 'dckr_pat_6Lf9XwRq2Bz';

export const declare = (server: string) =>
  defineProvider({
    name: 'registry',
    tokenEndpoint: '/token',
    grantType: 'custom',
    method: 'GET',
    clientAuthentication: 'client_secret_basic_raw',
    clientId: USERNAME,
    clientSecret: PASSWORD,
    parameters: { service: 'registry.acme.example' },
    scope: 'repository:team/app:pull',
    response: { accessToken: ['token', 'access_token'] },
    defaultLifetime: 60,
    baseURL: server,
  });

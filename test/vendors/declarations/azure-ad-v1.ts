import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = '6731de76-azure';
export const CLIENT_SECRET = 'Qx8~Vz2LnWk5RtYb';

export const declare = (server: string) =>
  defineProvider({
    name: 'azure',
    tokenEndpoint: `${server}/acme.example/oauth2/token`,
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    resource: 'https://management.azure.com/',
    baseURL: server,
  });

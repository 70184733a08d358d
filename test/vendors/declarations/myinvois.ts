import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = '4a8c2e6f-myinvois';
export const CLIENT_SECRET = 'rZ7tWq3MxLv9Kn';
export const TIN = 'C2584563222';

export const declare = (server: string) =>
  defineProvider({
    name: 'myinvois',
    tokenEndpoint: `${server}/connect/token`,
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scope: 'InvoicingAPI',
    headers: { onbehalfof: TIN },
    baseURL: server,
  });

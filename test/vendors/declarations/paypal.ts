import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'AeA1QIZXiflr1_-r0U2UbWTziOWX1GRQer5jkUq4ZfWT5qwb6qQ';
export const CLIENT_SECRET = 'EGnHDxD_qRPdaLdZz8iCr8N7_MzF-YHPTkjs6NKYQvQSBngp4PTTVWkPZRbL';

export const declare = (server: string) =>
  defineProvider({
    name: 'paypal',
    tokenEndpoint: `${server}/v1/oauth2/token`,
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    baseURL: server,
  });

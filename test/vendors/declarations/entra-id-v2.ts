import { defineProvider } from '../../../lib/index.js';
import { CERTIFICATE, CERTIFIED_KEY } from '../key-pairs.js';

export const CLIENT_ID = '97e0a5b7-entra';

export const declare = (server: string) =>
  defineProvider({
    name: 'entra',
    tokenEndpoint: `${server}/acme.example/oauth2/v2.0/token`,
    clientAuthentication: 'private_key_jwt',
    clientId: CLIENT_ID,
    clientAssertion: { key: CERTIFIED_KEY, certificate: CERTIFICATE, algorithm: 'PS256' },
    parameters: { client_id: CLIENT_ID },
    scope: 'https://graph.microsoft.com/.default',
    baseURL: server,
  });

import { createSign } from 'node:crypto';

import { defineProvider } from '../../../lib/index.js';
import { RSA_PRIVATE_KEY } from '../key-pairs.js';

export const INSTALLATION_TOKEN = 'f2a9c4e7b1d8installation';
export const API_KEY = 'sandbox_e1b7d4a9c3f6';

export const declare = (server: string) =>
  defineProvider({
    name: 'bunq',
    tokenEndpoint: '/v1/session-server',
    grantType: 'custom',
    encoding: 'json',
    headers: { 'X-Bunq-Client-Authentication': INSTALLATION_TOKEN },
    parameters: { secret: API_KEY },
    sign: ({ body }) => {
      const signature = createSign('sha256').update(body!).sign(RSA_PRIVATE_KEY, 'base64');
      return { headers: { 'X-Bunq-Client-Signature': signature } };
    },
    response: { accessToken: 'Response.*.Token.token', expiresIn: 'Response.*.*.session_timeout' },
    baseURL: server,
    use: { header: 'X-Bunq-Client-Authentication' },
  });

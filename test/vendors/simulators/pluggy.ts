import { jwtToken } from './minting.js';
import { CLIENT_ID, CLIENT_SECRET } from '../declarations/pluggy.js';
import { simulation } from './support.js';

export const simulate = (_server: string, now: () => number) =>
  simulation({
    lifetime: 7_200,
    secrets: [CLIENT_SECRET],
    probe: '/items',
    now,
    mint: jwtToken,
    login: {
      request: { path: '/auth', json: { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET } },
      answer: ({ token }) => ({ body: { apiKey: token } }),
    },
    refusal: { status: 401, body: { code: 401, message: 'Client keys are invalid' } },
    api: ({ token }) => ({ method: 'GET', path: '/items', headers: { 'x-api-key': token } }),
    expired: {
      status: 403,
      body: { code: 403, message: 'Missing or invalid authorization token' },
    },
  });

import { createVerify } from 'node:crypto';

import { API_KEY, INSTALLATION_TOKEN } from '../declarations/bunq.js';
import { RSA_PRIVATE_KEY, RSA_PUBLIC_KEY } from '../key-pairs.js';
import { simulation, type Match } from './support.js';

const signatureOfBody: Match = (value, { body }) =>
  createVerify('sha256').update(body).verify(RSA_PUBLIC_KEY, String(value), 'base64');

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [API_KEY, INSTALLATION_TOKEN, RSA_PRIVATE_KEY],
    login: {
      request: {
        path: '/v1/session-server',
        headers: {
          'x-bunq-client-authentication': INSTALLATION_TOKEN,
          'x-bunq-client-signature': signatureOfBody,
        },
        json: { secret: API_KEY },
      },
      answer: ({ token, number }) => ({
        body: {
          Response: [
            { Id: { id: number } },
            { Token: { id: number, token } },
            { UserPerson: { id: 42, session_timeout: 3_600 } },
          ],
        },
      }),
    },
    refusal: {
      status: 400,
      body: { Error: [{ error_description: 'User credentials are incorrect.' }] },
    },
    api: ({ token }) => ({
      method: 'GET',
      path: '/probe',
      headers: { 'x-bunq-client-authentication': token },
    }),
  });

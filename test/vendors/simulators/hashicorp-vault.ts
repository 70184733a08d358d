import { ROLE_ID, SECRET_ID } from '../declarations/hashicorp-vault.js';
import { simulation, type Issued } from './support.js';

const answer = ({ token }: Issued) => ({
  body: { auth: { client_token: token, lease_duration: 1_200, renewable: true } },
});

export const simulate = (_server: string, now: () => number) =>
  simulation({
    now,
    lifetime: 1_200,
    secrets: [SECRET_ID],
    login: {
      request: {
        path: '/v1/auth/approle/login',
        json: { role_id: ROLE_ID, secret_id: SECRET_ID },
      },
      answer,
    },
    refresh: {
      extends: true,
      request: ({ token }) => ({
        path: '/v1/auth/token/renew-self',
        headers: { 'x-vault-token': token },
        json: {},
      }),
      answer,
    },
    refusal: { status: 400, body: { errors: ['invalid role or secret ID'] } },
    api: ({ token }) => ({ method: 'GET', path: '/probe', headers: { 'x-vault-token': token } }),
    expired: { status: 403, body: { errors: ['permission denied'] } },
  });

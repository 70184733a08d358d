import { PASSWORD, USERNAME } from '../declarations/docker-registry.js';
import { basicAuthorization, simulation } from './support.js';

export const simulate = (_server: string, now: () => number) =>
  simulation({
    now,
    lifetime: 60,
    secrets: [PASSWORD],
    login: {
      request: {
        method: 'GET',
        path: '/token',
        headers: { authorization: basicAuthorization(USERNAME, PASSWORD) },
        query: { service: 'registry.acme.example', scope: 'repository:team/app:pull' },
      },
      answer: ({ token, issuedAt }) => ({
        body: { token, issued_at: new Date(issuedAt).toISOString() },
      }),
    },
    refusal: { status: 401, body: { errors: [{ code: 'UNAUTHORIZED' }] } },
    expired: {
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="/token",error="invalid_token"' },
    },
  });

import { PASSWORD, USERNAME } from '../declarations/vmware-vcf-operations.js';
import { simulation } from './support.js';

export const simulate = (_server: string, now: () => number) =>
  simulation({
    lifetime: 21_600,
    secrets: [PASSWORD],
    probe: '/suite-api/api/resources',
    now,
    login: {
      request: {
        path: '/suite-api/api/auth/token/acquire',
        json: { username: USERNAME, password: PASSWORD, authSource: 'local' },
      },
      answer: ({ token, expiresAt }) => ({
        body: {
          token,
          validity: expiresAt,
          expiresAt: 'Thursday, January 1, 2026 6:00:00 AM UTC',
          roles: [],
        },
      }),
    },
    refusal: {
      status: 401,
      body: { message: 'The provided username/password is not valid', httpStatusCode: 401 },
    },
    api: ({ token }) => ({
      method: 'GET',
      path: '/suite-api/api/resources',
      headers: { authorization: `OpsToken ${token}` },
    }),
  });

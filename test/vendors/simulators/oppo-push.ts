import { createHash } from 'node:crypto';

import { APP_KEY, MASTER_SECRET } from '../declarations/oppo-push.js';
import { simulation, type Match } from './support.js';

const signature: Match = (value, { form }) => {
  const signed = `${APP_KEY}${form['timestamp']}${MASTER_SECRET}`;
  return value === createHash('sha256').update(signed).digest('hex');
};

export const simulate = (_server: string, now: () => number) =>
  simulation({
    now,
    lifetime: 86_400,
    secrets: [MASTER_SECRET],
    login: {
      request: {
        path: '/server/v1/auth',
        form: {
          app_key: APP_KEY,
          timestamp: (value) => Math.abs(Number(value) - now()) < 600_000,
          sign: signature,
        },
      },
      answer: ({ token, issuedAt }) => ({
        body: { code: 0, message: '', data: { auth_token: token, create_time: issuedAt } },
      }),
    },
    refusal: { body: { code: 14, message: 'Invalid app_key or sign' } },
    api: ({ token }) => ({ method: 'GET', path: '/probe', headers: { auth_token: token } }),
    served: { body: { code: 0, data: {} } },
    expired: { body: { code: 11, message: 'Invalid AuthToken' } },
  });

import { createHash } from 'node:crypto';

import { APP_ID, APP_KEY, MASTER_SECRET } from '../declarations/getui.js';
import { simulation, type Match } from './support.js';

const signature: Match = (value, { text }) => {
  const { timestamp } = JSON.parse(text) as { timestamp: number };
  const signed = `${APP_KEY}${timestamp}${MASTER_SECRET}`;
  return value === createHash('sha256').update(signed).digest('hex');
};

export const simulate = (_server: string, now: () => number) =>
  simulation({
    now,
    lifetime: 86_400,
    secrets: [MASTER_SECRET],
    login: {
      request: {
        path: `/v2/${APP_ID}/auth`,
        json: {
          appkey: APP_KEY,
          timestamp: (value) => Math.abs(Number(value) - now()) < 600_000,
          sign: signature,
        },
      },
      answer: ({ token, expiresAt }) => ({
        body: { code: 0, msg: 'success', data: { token, expire_time: String(expiresAt) } },
      }),
    },
    refusal: { body: { code: 20001, msg: 'sign error' } },
    api: ({ token }) => ({ method: 'GET', path: '/probe', headers: { token } }),
    served: { body: { code: 0, data: {} } },
    expired: { body: { code: 10001, msg: 'token expired or invalid' } },
  });

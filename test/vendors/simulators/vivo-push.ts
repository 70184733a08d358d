import { createHash } from 'node:crypto';
import { APP_ID, APP_KEY, APP_SECRET } from '../declarations/vivo-push.js';
import { type Match, simulation } from './support.js';

const isSigned: Match = (value, { text }) => {
  const { timestamp } = JSON.parse(text) as { timestamp: number };
  const signed = `${APP_ID}${APP_KEY}${timestamp}${APP_SECRET}`;
  return value === createHash('md5').update(signed).digest('hex');
};

export const simulate = () =>
  simulation({
    // Neither the answer nor the page tells a life: the module's own default.
    lifetime: 300,
    secrets: [APP_SECRET],
    probe: '/message/send',
    login: {
      request: {
        path: '/message/auth',
        json: {
          appId: APP_ID,
          appKey: APP_KEY,
          timestamp: (value) => Number.isInteger(value),
          sign: isSigned,
        },
      },
      answer: ({ token }) => ({ body: { result: 0, desc: 'ok', authToken: token } }),
    },
    refusal: { body: { result: 10_252, desc: 'signature is wrong' } },
    api: ({ token }) => ({ method: 'GET', path: '/message/send', headers: { authtoken: token } }),
    served: { body: { result: 0, desc: 'ok', taskId: '1' } },
    expired: { body: { result: 10_000, desc: 'authToken has expired' } },
  });

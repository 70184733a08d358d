import { CLIENT_ID, CLIENT_SECRET } from '../declarations/naver-commerce.js';
import { hashSync } from '../bcrypt.js';
import { bearer, simulation, type Match } from './support.js';

const signature: Match = (value, { form }) => {
  const hash = hashSync(`${CLIENT_ID}_${form['timestamp']}`, CLIENT_SECRET);
  return value === Buffer.from(hash).toString('base64');
};

export const simulate = (_server: string, now: () => number) =>
  simulation({
    lifetime: 10_800,
    secrets: [CLIENT_SECRET],
    login: {
      request: {
        path: '/external/v1/oauth2/token',
        form: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          timestamp: (value) => Math.abs(Number(value) - now()) < 300_000,
          client_secret_sign: signature,
          type: 'SELF',
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 10_800 }),
    },
    refusal: { status: 403, body: { code: 'GW.AUTHN', message: 'client_secret_sign is wrong' } },
  });

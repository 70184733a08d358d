import { REFRESH_TOKEN } from '../declarations/jtl-scx.js';
import { simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 1_800,
    secrets: [REFRESH_TOKEN],
    login: {
      request: { path: '/v1/auth', form: { refreshToken: REFRESH_TOKEN } },
      answer: ({ token }) => ({ body: { authToken: token, expiresIn: 1_800 } }),
    },
    refusal: { status: 400, body: { errorList: [{ code: 'AUTH001' }] } },
  });

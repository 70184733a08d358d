import { jwtToken } from './minting.js';
import { EMAIL, PASSWORD } from '../declarations/shiprocket.js';
import { simulation } from './support.js';

export const simulate = (_server: string, now: () => number) =>
  simulation({
    lifetime: 864_000,
    secrets: [PASSWORD],
    probe: '/v1/external/orders',
    now,
    mint: jwtToken,
    login: {
      request: { path: '/v1/external/auth/login', json: { email: EMAIL, password: PASSWORD } },
      answer: ({ token }) => ({
        body: { id: 1, first_name: 'API', email: EMAIL, company_id: 2, token },
      }),
    },
    refusal: {
      status: 400,
      body: { message: 'Invalid email and password combination', status_code: 400 },
    },
  });

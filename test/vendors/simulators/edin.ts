import { EMAIL, PASSWORD } from '../declarations/edin.js';
import { simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 1_200,
    secrets: [PASSWORD],
    login: {
      request: { path: '/api/authorization/hash', form: { email: EMAIL, password: PASSWORD } },
      answer: ({ token }) => ({ body: { SID: token } }),
    },
    refusal: { status: 403, body: { message: 'Wrong e-mail or password' } },
    api: ({ token }) => ({ method: 'GET', path: '/probe', headers: { authorization: token } }),
  });

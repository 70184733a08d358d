import { PASSWORD, USER } from '../declarations/check-point.js';
import { simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 600,
    secrets: [PASSWORD],
    login: {
      request: {
        path: '/web_api/login',
        json: { user: USER, password: PASSWORD, domain: 'Retail' },
      },
      answer: ({ token }) => ({
        body: { sid: token, 'session-timeout': 600, 'api-server-version': '1.9' },
      }),
    },
    steps: [
      {
        request: { path: '/web_api/logout', json: {}, headers: { 'x-chkp-sid': /^access-/ } },
        answer: () => ({ body: { message: 'OK' } }),
      },
    ],
    refusal: {
      status: 403,
      body: { code: 'err_login_failed', message: 'Authentication to server failed.' },
    },
    api: ({ token }) => ({ method: 'GET', path: '/probe', headers: { 'x-chkp-sid': token } }),
    expired: { status: 401, body: { code: 'generic_err_wrong_session_id' } },
  });

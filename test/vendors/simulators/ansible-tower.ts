import { PASSWORD, USERNAME } from '../declarations/ansible-tower.js';
import { simulation } from './support.js';

export const simulate = (_server: string, now: () => number) => {
  // A token is bound to the user agent that logged in.
  let agent = '';
  return simulation({
    now,
    lifetime: 1_800,
    secrets: [PASSWORD],
    login: {
      request: {
        path: '/api/v1/authtoken/',
        json: { username: USERNAME, password: PASSWORD },
      },
      answer: ({ token, expiresAt }, { headers }) => {
        agent = headers['user-agent'] ?? '';
        return { body: { token, expires: new Date(expiresAt).toISOString() } };
      },
    },
    refusal: { status: 400, body: { non_field_errors: ['Unable to login with credentials.'] } },
    api: ({ token }) => ({
      method: 'GET',
      path: '/probe',
      headers: { authorization: `Token ${token}`, 'user-agent': agent },
    }),
  });
};

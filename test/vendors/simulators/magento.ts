import { PASSWORD, USERNAME } from '../declarations/magento.js';
import { simulation } from './support.js';

export const simulate = () =>
  simulation({
    lifetime: 14_400,
    secrets: [PASSWORD],
    login: {
      request: {
        path: '/rest/default/V1/integration/admin/token',
        json: { username: USERNAME, password: PASSWORD },
      },
      answer: ({ token }) => ({
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(token),
      }),
    },
    refusal: { status: 401, body: { message: 'The account sign-in was incorrect.' } },
  });

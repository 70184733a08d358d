import { PASSWORD, USERNAME } from '../declarations/vmware-vcenter.js';
import { basicAuthorization, simulation } from './support.js';

export const simulate = () =>
  simulation({
    // A session ends when nobody uses it, which no answer tells: the module's own default.
    lifetime: 300,
    secrets: [PASSWORD],
    probe: '/api/vcenter/vm',
    login: {
      request: {
        path: '/api/session',
        headers: { authorization: basicAuthorization(USERNAME, PASSWORD) },
      },
      answer: ({ token }) => ({
        status: 201,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(token),
      }),
    },
    steps: [
      {
        request: {
          method: 'DELETE',
          path: '/api/session',
          headers: { 'vmware-api-session-id': /./ },
        },
        answer: () => ({ status: 204 }),
      },
    ],
    refusal: { status: 401, body: { error_type: 'UNAUTHENTICATED', messages: [] } },
    api: ({ token }) => ({
      method: 'GET',
      path: '/api/vcenter/vm',
      headers: { 'vmware-api-session-id': token },
    }),
  });

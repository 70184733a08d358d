import { AUTHORIZATION_KEY } from '../declarations/sber-gigachat.js';
import { simulation, UUID } from './support.js';

export const simulate = (_server: string, now: () => number) =>
  simulation({
    lifetime: 1_800,
    secrets: [AUTHORIZATION_KEY],
    probe: '/api/v1/models',
    now,
    login: {
      request: {
        path: '/api/v2/oauth',
        headers: { authorization: `Basic ${AUTHORIZATION_KEY}`, rquid: UUID, 'user-agent': /./ },
        form: { scope: 'GIGACHAT_API_PERS' },
      },
      // The two services that give out tokens do not agree on the names.
      answer: ({ token, expiresAt, number }) => ({
        body:
          number % 2 === 1
            ? { access_token: token, expires_at: expiresAt }
            : { tok: token, exp: expiresAt },
      }),
    },
    refusal: { status: 401, body: { code: 6, message: "credentials doesn't match db data" } },
  });

import { PASSWORD, USERNAME } from '../declarations/cisco-fmc.js';
import { basicAuthorization, simulation, type Issued } from './support.js';

const path = '/api/fmc_platform/v1/auth';

const headersOf = ({ token, refreshToken }: Issued) => ({
  'x-auth-access-token': token,
  'x-auth-refresh-token': refreshToken,
});
const answer = (issued: Issued) => ({ status: 204, headers: headersOf(issued) });

export const simulate = () =>
  simulation({
    lifetime: 1_800,
    secrets: [PASSWORD, basicAuthorization(USERNAME, PASSWORD)],
    login: {
      request: {
        path: `${path}/generatetoken`,
        headers: { authorization: basicAuthorization(USERNAME, PASSWORD) },
      },
      answer,
    },
    refresh: {
      limit: 3,
      request: (spent) => ({ path: `${path}/refreshtoken`, headers: headersOf(spent) }),
      answer,
    },
    refusal: { status: 401, body: {} },
    api: ({ token }) => ({
      method: 'GET',
      path: '/probe',
      headers: { 'x-auth-access-token': token },
    }),
  });

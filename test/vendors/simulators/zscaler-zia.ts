import { API_KEY, PASSWORD, USERNAME } from '../declarations/zscaler-zia.js';
import { type Match, simulation } from './support.js';

const SESSION = '/api/v1/authenticatedSession';

/** The last six digits of the time choose characters, and so do those of its half, shifted by two. */
const isObfuscated: Match = (value, { text }) => {
  const { timestamp } = JSON.parse(text) as { timestamp: number };
  const high = timestamp % 1_000_000;
  const chosen = (places: number, shift: number) =>
    [...String(places).padStart(6, '0')].map((digit) => API_KEY[Number(digit) + shift]).join('');
  return value === chosen(high, 0) + chosen(Math.floor(high / 2), 2);
};

export const simulate = () =>
  simulation({
    // A session ends when nobody uses it, which no answer tells: the module's own default.
    lifetime: 300,
    secrets: [API_KEY, PASSWORD],
    probe: '/api/v1/locations',
    login: {
      request: {
        path: SESSION,
        json: {
          username: USERNAME,
          password: PASSWORD,
          timestamp: (value) => Number.isInteger(value),
          apiKey: isObfuscated,
        },
      },
      answer: ({ token }) => ({
        headers: { 'set-cookie': `JSESSIONID=${token}; Path=/; Secure; HttpOnly` },
        body: { authType: 'ADMIN_LOGIN', obfuscateApiKey: true },
      }),
    },
    steps: [
      {
        request: { method: 'DELETE', path: SESSION, headers: { cookie: /^JSESSIONID=access-/ } },
        answer: () => ({ body: { status: 'ACTIVE' } }),
      },
    ],
    refusal: {
      status: 400,
      body: { code: 'INVALID_USERNAME_OR_PASSWORD', message: 'INVALID_USERNAME_OR_PASSWORD' },
    },
    api: ({ token }) => ({
      method: 'GET',
      path: '/api/v1/locations',
      headers: { cookie: `JSESSIONID=${token}` },
    }),
    expired: { status: 401, body: { code: 'SESSION_NOT_VALID', message: 'Session is not valid' } },
  });

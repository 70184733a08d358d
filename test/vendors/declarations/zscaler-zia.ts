import { defineProvider, values } from '../../../lib/index.js';

export const USERNAME = 'api-admin@acme.example';
export const PASSWORD = 'Zia&Pass-2024';
export const API_KEY = 'q7Wn3eRt5YuI';

export const declare = (server: string) =>
  defineProvider({
    name: 'zscaler-zia',
    tokenEndpoint: `${server}/api/v1/authenticatedSession`,
    grantType: 'custom',
    encoding: 'json',
    username: USERNAME,
    password: PASSWORD,
    credentials: { apiKey: API_KEY },
    parameters: {
      username: values.credential('username'),
      password: values.credential('password'),
      timestamp: values.epochMilliseconds,
      apiKey: ({ now, credentials: { apiKey = '' } }) => {
        const high = String(now).slice(-6);
        const low = String(Number(high) >> 1).padStart(6, '0');
        const places = [...[...high].map(Number), ...[...low].map((digit) => Number(digit) + 2)];
        return places.map((place) => apiKey[place]).join('');
      },
    },
    response: { accessToken: { cookie: 'JSESSIONID' } },
    revocation: {
      url: '/api/v1/authenticatedSession',
      method: 'DELETE',
      headers: { Cookie: ({ accessToken }) => `JSESSIONID=${accessToken}` },
    },
    revokeReplaced: true,
    use: { cookie: 'JSESSIONID' },
    baseURL: server,
  });

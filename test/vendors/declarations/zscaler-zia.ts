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
    parameters: {
      username: USERNAME,
      password: PASSWORD,
      timestamp: values.epochMilliseconds,
      apiKey: ({ now }) => {
        const high = String(now).slice(-6);
        const low = String(Number(high) >> 1).padStart(6, '0');
        const places = [...[...high].map(Number), ...[...low].map((digit) => Number(digit) + 2)];
        return places.map((place) => API_KEY[place]).join('');
      },
    },
    answer: { accessToken: { cookie: 'JSESSIONID' } },
    revocation: {
      url: '/api/v1/authenticatedSession',
      method: 'DELETE',
      headers: { Cookie: ({ accessToken }) => `JSESSIONID=${accessToken}` },
    },
    use: { cookie: 'JSESSIONID' },
    baseURL: server,
  });

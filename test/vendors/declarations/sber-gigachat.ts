import { defineProvider, values } from '../../../lib/index.js';

/** As the portal shows it. */
export const AUTHORIZATION_KEY = 'Z2lnYWNoYXQtYXBwOnMzY3JldC1vZi1naWdhY2hhdA==';

export const declare = (server: string) =>
  defineProvider({
    name: 'sber-gigachat',
    tokenEndpoint: `${server}/api/v2/oauth`,
    grantType: 'custom',
    scope: 'GIGACHAT_API_PERS',
    headers: { Authorization: `Basic ${AUTHORIZATION_KEY}`, RqUID: values.uuid },
    response: { accessToken: ['access_token', 'tok'], expiresIn: ['expires_at', 'exp'] },
    lifetimeFormat: 'epoch_milliseconds',
    baseURL: server,
  });

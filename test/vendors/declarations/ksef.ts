import { constants, publicEncrypt } from 'node:crypto';

import { defineProvider, values } from '../../../lib/index.js';
import { VENDOR_PUBLIC_KEY } from '../key-pairs.js';

export const KSEF_TOKEN = '20260101-EC-8Rt5Vx2NqLw7';
export const NIP = '5265877635';

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };

/** The token and the challenge's instant, for the eyes of the vendor only. */
function encrypted(token: string, timestamp: string): string {
  const text = `${token}|${Date.parse(timestamp)}`;
  const bytes = publicEncrypt({ key: VENDOR_PUBLIC_KEY, ...OAEP }, Buffer.from(text));
  return bytes.toString('base64');
}

const challengedAt = values.response('challenge', 'timestamp');
const reference = values.response('login', 'referenceNumber');
const authenticationToken = values.response('login', 'authenticationToken.token');

export const declare = (server: string) =>
  defineProvider({
    name: 'ksef',
    tokenEndpoint: '/v2/auth/token/redeem',
    grantType: 'custom',
    encoding: 'none',
    credentials: { token: KSEF_TOKEN },
    before: {
      challenge: { url: '/v2/auth/challenge', encoding: 'none' },
      login: {
        url: '/v2/auth/ksef-token',
        encoding: 'json',
        parameters: {
          challenge: values.response('challenge', 'challenge'),
          contextIdentifier: { type: 'Nip', value: NIP },
          encryptedToken: (context) =>
            encrypted(context.credentials['token']!, String(challengedAt(context))),
        },
      },
      status: {
        method: 'GET',
        url: (context) => `/v2/auth/${reference(context)}`,
        headers: { Authorization: (context) => `Bearer ${authenticationToken(context)}` },
        until: { 'status.code': 200 },
        response: { failure: { 'status.code': [400, 415, 425, 450, 460, 470, 480] } },
      },
    },
    headers: { Authorization: (context) => `Bearer ${authenticationToken(context)}` },
    response: {
      accessToken: 'accessToken.token',
      expiresIn: 'accessToken.validUntil',
      refreshToken: 'refreshToken.token',
    },
    lifetimeFormat: 'date',
    refresh: {
      url: '/v2/auth/token/refresh',
      headers: { Authorization: ({ refreshToken }) => `Bearer ${refreshToken}` },
    },
    baseURL: server,
  });

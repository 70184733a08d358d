import { generateKeyPairSync, sign } from 'node:crypto';

import { defineProvider } from '../../../lib/index.js';

export const CLIENT_ID = 'sandbox-acme-b1c2d3';
export const CLIENT_SECRET = '4f1b7b4e-0c57-4d0b-9d1c-3a5e7c9b1d2f';
export const KEY_ID = '45fc75cf-5649-4134-84b3-192c2c78e990';
export const { privateKey: SIGNING_KEY, publicKey: PUBLIC_KEY } = generateKeyPairSync('ec', {
  namedCurve: 'P-521',
});

export const declare = (server: string) =>
  defineProvider({
    name: 'truelayer',
    tokenEndpoint: `${server}/connect/token`,
    clientAuthentication: 'client_secret_post',
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    scope: 'payments',
    use: {
      sign: ({ method, url, body = '' }) => {
        const { pathname } = new URL(url);
        const head = { alg: 'ES512', kid: KEY_ID, tl_version: '2', tl_headers: '' };
        const [header, payload] = [JSON.stringify(head), `${method} ${pathname}\n${body}`].map(
          (part) => Buffer.from(part).toString('base64url'),
        );
        const key = { key: SIGNING_KEY, dsaEncoding: 'ieee-p1363' } as const;
        const jws = sign('sha512', Buffer.from(`${header}.${payload}`), key).toString('base64url');
        return { headers: { 'Tl-Signature': `${header}..${jws}` } };
      },
    },
    baseURL: server,
  });

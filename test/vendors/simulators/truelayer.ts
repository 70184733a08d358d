import { verify } from 'node:crypto';
import { CLIENT_ID, CLIENT_SECRET, KEY_ID, PUBLIC_KEY } from '../declarations/truelayer.js';
import { bearer, type Match, simulation } from './support.js';

/** A detached JWS (RFC 7515, appendix F) over method, path and body. */
const isSigned: Match = (value, { method, path, text }) => {
  const [head = '', content, signature = ''] = String(value).split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Record<string, string>;
  const payload = Buffer.from(`${method} ${path}\n${text}`).toString('base64url');
  const key = { key: PUBLIC_KEY, dsaEncoding: 'ieee-p1363' } as const;
  const data = Buffer.from(`${head}.${payload}`);
  return (
    content === '' &&
    header['alg'] === 'ES512' &&
    header['kid'] === KEY_ID &&
    header['tl_version'] === '2' &&
    verify('sha512', data, key, Buffer.from(signature, 'base64url'))
  );
};

export const simulate = () =>
  simulation({
    lifetime: 3_600,
    secrets: [CLIENT_SECRET],
    probe: '/v3/payments/1',
    login: {
      request: {
        path: '/connect/token',
        form: {
          grant_type: 'client_credentials',
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          scope: 'payments',
        },
      },
      answer: (issued) => bearer(issued, { expires_in: 3_600, scope: 'payments' }),
    },
    api: ({ token }) => ({
      method: 'GET',
      path: '/v3/payments/1',
      headers: { authorization: `Bearer ${token}`, 'tl-signature': isSigned },
    }),
  });

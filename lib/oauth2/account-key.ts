import { createHash, createPublicKey, KeyObject } from 'node:crypto';

import { Secret } from '../core/secret.js';
import { targetKey, type TokenTarget } from '../core/token-target.js';
import type { Credentials } from './credentials.js';
import type { TokenEndpoint } from './token-endpoint.js';

/**
 * Digest of everything that decides which account a token is for and who may have it. A refresh token
 * does not: it changes, and the account stays the same. Nor does what is computed for each request.
 */
export function accountKey(
  provider: string,
  endpoint: TokenEndpoint,
  credentials: Credentials,
  target: TokenTarget,
): string {
  const { tokenEndpoint, grantType, scope, resource } = endpoint;
  const { parameters, query, headers, before, after } = endpoint;
  const { refreshToken: _refreshToken, ...identity } = credentials;
  const fields = [
    provider,
    tokenEndpoint ?? null,
    grantType ?? null,
    targetKey({ scope: target.scope ?? scope, resource: target.resource ?? resource }),
    target.subject ?? null,
    canonical({ parameters, query, headers, before, after }),
    canonical({ clientAssertion: endpoint.clientAssertion, assertion: endpoint.assertion }),
    canonical(identity),
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
}

/** A value that reads the same whatever the order of its members; functions say nothing. */
function canonical(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (value instanceof KeyObject) return keyOf(value);
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' ? null : value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, canonical(member)]));
}

function keyOf(key: KeyObject): string {
  const publicPart = key.type === 'secret' ? key : createPublicKey(key);
  const format = key.type === 'secret' ? undefined : ({ type: 'spki', format: 'der' } as const);
  const bytes = publicPart.export(format as { type: 'spki'; format: 'der' });
  return createHash('sha256').update(bytes).digest('base64url');
}

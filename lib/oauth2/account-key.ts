import { createHash } from 'node:crypto';

import { targetKey, type TokenTarget } from '../core/token-target.js';
import type { Credentials } from './credentials.js';
import type { TokenEndpoint } from './token-endpoint.js';

/**
 * Digest of everything that decides which account a token is for and who may have it. A refresh token
 * does not: it changes, and the account stays the same.
 */
export function accountKey(
  provider: string,
  endpoint: TokenEndpoint,
  credentials: Credentials,
  target: TokenTarget,
): string {
  const { tokenEndpoint, grantType, scope, resource, parameters, headers } = endpoint;
  const { refreshToken: _refreshToken, ...identity } = credentials;
  const fields = [
    provider,
    tokenEndpoint,
    grantType ?? null,
    targetKey({ scope: target.scope ?? scope, resource: target.resource ?? resource }),
    target.subject ?? null,
    sorted(parameters),
    sorted(headers),
    sorted(identity),
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
}

function sorted(record: Readonly<Record<string, string | undefined>> = {}): unknown[] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

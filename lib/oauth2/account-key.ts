import { createHash, KeyObject } from 'node:crypto';

import { Secret } from '../util/secret.js';
import type { DefinitionConstants } from '../core/token-source.js';
import { targetKey, type TokenTarget } from '../core/token-target.js';
import {
  credentialsOf,
  isMadeHere,
  isOfAccount,
  isSecret,
  keysOf,
  type Credentials,
} from './credentials.js';
import { constantsOf } from './definition-functions.js';
import { keyThumbprint, type JwtOptions } from './jwt.js';
import type { RequestDefinition } from './request-definition.js';
import type { StepDefinitions, TokenEndpoint } from './token-endpoint.js';
import { claimsOf } from './vendor-response.js';

/** Headers that name the program and do not depend on the account (RFC 9110 §10.1.5). */
const OF_PROGRAM = ['user-agent'];

/** The claims that change each time a JWT is issued for the same account (RFC 7519 §4.1). */
const OF_ISSUE = ['iat', 'nbf', 'exp', 'jti'];

/** Returns the parts of a definition that decide whose token it is, as data that can be hashed. */
export type IdentityOf = (endpoint: TokenEndpoint) => unknown;

/**
 * Digest of everything that decides which account a token is for and who may have it. The refresh token is not part of
 * it, because it changes while the account stays the same. Neither is what functions compute for each request.
 *
 * @param identity of the definition, with keys in place of the functions that return them
 */
export function accountKey(
  provider: string,
  { scope, resource }: TokenEndpoint,
  credentials: Credentials,
  target: TokenTarget,
  identity: unknown,
): string {
  const lasting = Object.entries(credentials).filter(([name]) => isOfAccount(name));
  return digest([
    provider,
    targetKey({ scope: target.scope ?? scope, resource: target.resource ?? resource }),
    target.subject ?? null,
    identity,
    canonical({
      ...Object.fromEntries(lasting),
      clientAssertion: lastingPart(credentials['clientAssertion']),
      assertion: lastingPart(credentials['assertion']),
    }),
  ]);
}

/**
 * The claims of a ready-made assertion that stay the same when it is issued again. An assertion that is not a JWT
 * counts as a whole.
 */
function lastingPart(assertion: string | undefined): unknown {
  const claims = assertion === undefined ? undefined : claimsOf(assertion);
  if (!claims) return assertion;
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !OF_ISSUE.includes(name)));
}

/**
 * Digest of a refresh token and the origin of its token endpoint. Client and account are not part of it, because a used
 * refresh token stays used whatever else changes.
 */
export function refreshTokenKey(
  { tokenEndpoint, origins = [] }: TokenEndpoint,
  refreshToken: string,
): string {
  const isConstant = typeof tokenEndpoint === 'string';
  const issuer = isConstant ? new URL(tokenEndpoint).origin : origins.join(' ');
  return digest(['refresh token', issuer, refreshToken]);
}

/**
 * The constant secrets of a definition, which all its instances have in common, also after a restart. Refresh tokens are
 * left out, because they change.
 */
export function constantSecrets(endpoint: TokenEndpoint): string[] {
  const keys = keysOf(endpoint).map((key) =>
    key instanceof KeyObject ? key.export({ format: 'jwk' }) : key,
  );
  const secrets = credentialsOf(endpoint)
    .filter(([name]) => isSecret(name) && isOfAccount(name))
    .map(([, value]) => value);
  const constants = [...secrets, ...keys].filter((value) => typeof value !== 'function');
  return constants.map((value) => JSON.stringify(canonical(value)));
}

/** The constants in a definition's requests, which instances compare. `undefined` if there are none. */
export function constantsToCompare(
  provider: string,
  endpoint: TokenEndpoint,
): DefinitionConstants | undefined {
  const { tokenEndpoint, grantType, scope, resource, parameters = {}, query = {} } = endpoint;
  const members = Object.entries({ headers: counting(endpoint.headers), parameters, query });
  const constants = members.flatMap(([member, values]) =>
    Object.entries(values)
      .filter(([, value]) => typeof value !== 'function')
      .map(([name, value]) => [`${member}.${name}`, digest([canonical(value)]).slice(0, 8)]),
  );
  if (constants.length === 0) return undefined;
  const credentials = credentialsOf(endpoint).filter(
    ([name, value]) => isOfAccount(name) && typeof value !== 'function',
  );
  return {
    key: digest([
      'definition',
      provider,
      canonical(tokenEndpoint) ?? null,
      grantType ?? null,
      targetKey({ scope, resource }),
      canonical(Object.fromEntries(credentials)),
    ]),
    digests: Object.fromEntries(constants) as Record<string, string>,
  };
}

function digest(fields: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
}

/** All members of a request count, except headers that name the program. */
export function requestIdentity(definition: unknown): unknown {
  const { headers, ...others } = definition as RequestDefinition;
  return canonical({ ...others, headers: counting(headers) });
}

export function headersIdentity(headers: unknown): unknown {
  const counted = counting(headers as RequestDefinition['headers']);
  return Object.keys(counted).length === 0 ? undefined : canonical(counted);
}

/** Steps count in their order. */
export function stepsIdentity(steps: unknown): unknown {
  return Object.entries(steps as StepDefinitions).map(([name, step]) => [
    name,
    requestIdentity(step),
  ]);
}

/** One key is the same in every form. A ready-made assertion counts as a credential instead. */
export function assertionIdentity(options: unknown): unknown {
  if (!isMadeHere(options)) return undefined;
  const { key, ...others } = options;
  return [typeof key === 'function' ? null : keyIdentity(key), canonical(others)];
}

function keyIdentity(key: Exclude<JwtOptions['key'], () => unknown>): unknown {
  try {
    return keyThumbprint(key);
  } catch {
    return canonical(key); // signing will fail and say why
  }
}

/** The headers that may decide whose token it is. */
function counting(headers: RequestDefinition['headers'] = {}): Record<string, unknown> {
  const all = Object.entries(headers);
  return Object.fromEntries(all.filter(([name]) => !OF_PROGRAM.includes(name.toLowerCase())));
}

/** A value that reads the same in any order of its members. Of a function, only the known constants count. */
export function canonical(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'function') return canonical(constantsOf(value)) ?? null;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([name, member]) => [name, canonical(member)]));
}

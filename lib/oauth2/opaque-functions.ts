import { Secret } from '../util/secret.js';
import { constantsOf } from './constants.js';
import { isMadeHere } from './assertions.js';
import type { TokenEndpoint } from './token-endpoint.js';

/** Members whose functions take part in token requests. */
const MEMBERS = [
  'tokenEndpoint',
  'parameters',
  'query',
  'headers',
  'body',
  'sign',
  'before',
  'after',
  'refresh',
] as const satisfies readonly (keyof TokenEndpoint)[];

/**
 * The places of a definition's own functions, such as `headers.x-key`. What such a function reads besides the
 * credentials cannot be part of an account's key. Functions of `values` are not listed: their constants are.
 */
export function opaqueFunctions(endpoint: TokenEndpoint): string[] {
  const { clientAssertion, assertion } = endpoint;
  const jwts = { clientAssertion, assertion };
  const ofJwts = Object.entries(jwts).flatMap(([name, jwt]) =>
    isMadeHere(jwt) ? functionsIn({ ...jwt, key: undefined }, name) : [],
  );
  const ofRequests = MEMBERS.flatMap((name) => functionsIn(endpoint[name], name));
  return [...new Set([...ofRequests, ...ofJwts])];
}

function functionsIn(value: unknown, path: string): string[] {
  if (typeof value === 'function') {
    const parts = constantsOf(value);
    return parts ? parts.flatMap((part) => functionsIn(part, path)) : [path];
  }
  if (typeof value !== 'object' || value === null || value instanceof Secret) return [];
  return Object.entries(value).flatMap(([name, member]) => functionsIn(member, `${path}.${name}`));
}

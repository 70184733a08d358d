import { Secret } from '../core/secret.js';
import { constantsOf } from './constants.js';
import type { TokenEndpoint } from './token-endpoint.js';

/** Members whose functions make requests for tokens, and may read whatever they like. */
const MEMBERS = [
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
 * Where a definition has functions of its own: what they read beside the credentials cannot be part of the
 * key of an account. Those of `values` are known, and are not among them.
 */
export function opaqueFunctions(endpoint: TokenEndpoint): string[] {
  const { clientAssertion, assertion } = endpoint;
  const jwts = { clientAssertion, assertion };
  const ofJwts = Object.entries(jwts).flatMap(([name, { key: _key, ...others } = { key: '' }]) =>
    functionsIn(others, name),
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

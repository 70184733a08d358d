import { Secret } from '../util/secret.js';
import { isMadeHere } from '../oauth2/credentials.js';
import type { IdentityOf } from '../oauth2/account-key.js';
import { constantsOf } from '../oauth2/definition-functions.js';
import type { TokenEndpoint } from '../oauth2/token-endpoint.js';
import { MEMBERS } from './members/definition.js';
import type { FunctionsOf, Member } from './members/member.js';

/** What of a definition is hashed into the keys of its accounts: the members whose rows say so, by name. */
export const identityOf: IdentityOf = (endpoint) =>
  Object.entries<Member>(MEMBERS).flatMap(([name, { account }]) => {
    const value = endpoint[name as keyof TokenEndpoint];
    const part = typeof account === 'function' && value !== undefined ? account(value) : undefined;
    return part === undefined ? [] : [[name, part]];
  });

/** Requests that make a token. */
const OF_TOKENS: readonly (FunctionsOf | undefined)[] = ['login', 'before', 'after', 'refresh'];

/**
 * The paths of a definition's own functions, such as `headers.x-key`. What such a function reads besides the
 * credentials cannot be part of the account key. Functions of `values` are not listed, because their constants are
 * part of it.
 */
export function opaqueFunctions(endpoint: TokenEndpoint): string[] {
  const found = Object.entries<Member>(MEMBERS)
    .filter(([, { functions }]) => OF_TOKENS.includes(functions))
    .flatMap(([name]) => {
      const value: unknown = endpoint[name as keyof TokenEndpoint];
      if (!name.toLowerCase().endsWith('assertion')) return functionsIn(value, name);
      // A ready-made assertion and a key are credentials, which are part of the account key.
      return isMadeHere(value) ? functionsIn({ ...value, key: undefined }, name) : [];
    });
  return [...new Set(found)];
}

function functionsIn(value: unknown, path: string): string[] {
  if (typeof value === 'function') {
    const parts = constantsOf(value);
    return parts ? parts.flatMap((part) => functionsIn(part, path)) : [path];
  }
  if (typeof value !== 'object' || value === null || value instanceof Secret) return [];
  return Object.entries(value).flatMap(([name, member]) => functionsIn(member, `${path}.${name}`));
}

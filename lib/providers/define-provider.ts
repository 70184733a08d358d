import { REDACTED } from '../util/redaction.js';
import { Secret } from '../util/secret.js';
import type { ProviderDefinition } from './provider-definition.js';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

type Members = Readonly<Record<string, unknown>>;

/** Members whose strings may be secrets, wherever in a definition they stand. */
const HIDDEN = new Set([
  'clientSecret',
  'password',
  'refreshToken',
  'subjectToken',
  'actorToken',
  'credentials',
  'parameters',
  'query',
  'headers',
  'claims',
  'key',
]);

/** Members that are requests, assertions and the like, with such members of their own. */
const PARTS = new Set(['clientAssertion', 'assertion', 'refresh', 'revocation', 'use']);

/** Those that may be ready-made instead. */
const ASSERTIONS = new Set(['clientAssertion', 'assertion']);

/** Members that are requests by name. */
const CHAINS = new Set(['before', 'after']);

/**
 * Declares a vendor. The value is checked when the module starts; the types already say which
 * credentials belong to which grant and client authentication. Secrets in it are printed redacted.
 *
 * ```ts
 * const acme = defineProvider({
 *   name: 'acme',
 *   tokenEndpoint: 'https://auth.acme.example/oauth/token',
 *   clientId: 'my-app',
 *   clientSecret: () => vault.read('acme'),
 *   scope: 'orders:read',
 *   baseURL: 'https://api.acme.example/v1',
 * });
 * ```
 */
export function defineProvider(definition: ProviderDefinition): ProviderDefinition {
  if (!isPlain(definition)) return definition; // the check at start says what is wrong
  return withoutSecrets(definition) as unknown as ProviderDefinition;
}

function withoutSecrets(members: Members): Members {
  return mapped(members, (member, name) => {
    if (name === 'axios' && isPlain(member)) return concealed(member);
    if (HIDDEN.has(name) || (typeof member === 'string' && ASSERTIONS.has(name)))
      return hidden(member, name);
    if (PARTS.has(name) && isPlain(member)) return withoutSecrets(member);
    if (!CHAINS.has(name) || !isPlain(member)) return member;
    return mapped(member, (step) => (isPlain(step) ? withoutSecrets(step) : step));
  });
}

function hidden(value: unknown, name: string): unknown {
  if (typeof value === 'string') return new Secret(value);
  if (Array.isArray(value)) return value.map((item) => hidden(item, name));
  if (!isPlain(value)) return value;
  // A JWK is one secret.
  if (name === 'key') return new Secret(JSON.stringify(value));
  return mapped(value, (member) => hidden(member, ''));
}

/**
 * The same options, printed by their names alone: agents hold keys and passphrases, headers and proxies
 * passwords, and axios must find all of them as they are.
 */
function concealed(options: Members): Members {
  const copy = { ...options };
  const print = { value: () => mapped(options, () => REDACTED) };
  return Object.defineProperties(copy, { toJSON: print, [INSPECT]: print });
}

function mapped(members: Members, change: (member: unknown, name: string) => unknown): Members {
  const entries = Object.entries(members).map(([name, member]) => [name, change(member, name)]);
  return Object.fromEntries(entries) as Members;
}

function isPlain(value: unknown): value is Members {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

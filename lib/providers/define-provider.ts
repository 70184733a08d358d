import { REDACTED } from '../util/redaction.js';
import { Secret } from '../util/secret.js';
import { MEMBERS } from './members/definition.js';
import type { Member, Members } from './members/member.js';
import type { ProviderDefinition } from './provider-definition.js';

const INSPECT = Symbol.for('nodejs.util.inspect.custom');

type Values = Readonly<Record<string, unknown>>;

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
  if (!isPlain(definition)) return definition; // the check at start reports it
  return withSecrets(definition, MEMBERS) as unknown as ProviderDefinition;
}

/** A copy in which all that the rows of `members` call secret prints as redacted. */
function withSecrets(values: Values, members: Members): Values {
  return mapped(values, (value, name) =>
    Object.hasOwn(members, name) ? hidden(value, members[name]) : value,
  );
}

function hidden(value: unknown, member: Partial<Member> = {}): unknown {
  const { secret, members, each } = member;
  if (members && isPlain(value)) return withSecrets(value, members);
  if (each && isPlain(value)) return mapped(value, (item) => hidden(item, { members: each }));
  if (secret === 'values' && isPlain(value)) return printedByName(value);
  if (secret === 'whole' && isPlain(value)) return new Secret(JSON.stringify(value));
  return secret ? withSecretStrings(value) : value;
}

function withSecretStrings(value: unknown): unknown {
  if (typeof value === 'string') return new Secret(value);
  if (Array.isArray(value)) return value.map(withSecretStrings);
  return isPlain(value) ? mapped(value, withSecretStrings) : value;
}

/**
 * The same options, printed by their names alone. axios needs their values: agents hold keys and passphrases,
 * headers and proxies hold passwords.
 */
function printedByName(options: Values): Values {
  const copy = { ...options };
  const print = { value: () => mapped(options, () => REDACTED) };
  return Object.defineProperties(copy, { toJSON: print, [INSPECT]: print });
}

function mapped(values: Values, change: (value: unknown, name: string) => unknown): Values {
  const entries = Object.entries(values).map(([name, value]) => [name, change(value, name)]);
  return Object.fromEntries(entries) as Values;
}

function isPlain(value: unknown): value is Values {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

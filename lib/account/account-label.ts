import { createHmac, randomBytes, scryptSync } from 'node:crypto';

import { printable } from '../util/redaction.js';
import { names, targetKey, type TokenTarget } from '../core/token-target.js';
import { atOnce } from '../util/waiting.js';

/** An account, as the `accountLabel` of the module's options is told of it. */
export interface LabelledAccount {
  readonly provider: string;
  readonly subject?: string | undefined;
  /** Scope of the token, where a call names one instead of the definition: sorted, each name once. */
  readonly scope?: readonly string[] | undefined;
  /** Resource indicators, where a call names them instead of the definition: sorted, each once. */
  readonly resource?: readonly string[] | undefined;
}

/** Names an account in errors and in the log. At most 64 characters of it are shown. */
export type AccountLabel = (account: LabelledAccount) => string;

/** The label of an account; `undefined` for the definition's own, which its provider names. */
export type LabelOf = (target: TokenTarget | undefined) => string | undefined;

/** Characters of a label. */
const LONGEST = 64;

/** Hexadecimal digits of the default label: among 10,000 accounts two are alike once in 20,000 times. */
const DIGITS = 10;

/** What guessing one weak password costs who has labels and knows their subjects: about 10 ms. */
const COST = 4_096;

/** What the labels of a provider are made with. */
export interface LabelParts {
  readonly provider: string;
  /** Constant secrets of the definition: the same in all instances and after a restart. Empty if there are none. */
  readonly secrets: () => readonly string[];
  /** Default: the first digits of a keyed hash. */
  readonly accountLabel?: AccountLabel | undefined;
}

/**
 * Makes the labels of a provider's accounts. The key of the default ones is derived from the constant secrets
 * of the definition, so that nobody can find a subject by hashing a list of candidates; without such secrets
 * it is random. It is derived when the first label is needed.
 */
export function accountLabels({ provider, secrets, accountLabel }: LabelParts): LabelOf {
  let key: Buffer | undefined;
  const hashed = (target: TokenTarget): string => {
    key ??= keyFrom(secrets(), provider);
    return createHmac('sha256', key).update(targetKey(target)).digest('hex').slice(0, DIGITS);
  };
  return (target) => {
    if (!target || targetKey(target) === '') return undefined;
    return accountLabel ? (own(accountLabel, provider, target) ?? hashed(target)) : hashed(target);
  };
}

function keyFrom(secrets: readonly string[], provider: string): Buffer {
  if (secrets.length === 0) return randomBytes(32);
  const salt = `nestjs-oauth2-client account label ${provider}`;
  return scryptSync(JSON.stringify(secrets), salt, 32, { N: COST });
}

/** What the function of the app returns; `undefined` if that is no text, or the function fails. */
function own(make: AccountLabel, provider: string, target: TokenTarget): string | undefined {
  const { subject, scope, resource } = target;
  const sorted = (list: TokenTarget['scope']) =>
    list === undefined ? undefined : Object.freeze(names(list).sort());
  try {
    const account = { provider, subject, scope: sorted(scope), resource: sorted(resource) };
    const label: unknown = atOnce(make(Object.freeze(account)));
    return typeof label === 'string' ? printable(label, [], LONGEST) || undefined : undefined;
  } catch {
    return undefined; // a label must not break what it names
  }
}

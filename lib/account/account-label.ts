import { createHmac, randomBytes, scryptSync } from 'node:crypto';

import { printable } from '../util/redaction.js';
import { names, targetKey, type TokenTarget } from '../core/token-target.js';
import { atOnce } from '../util/waiting.js';

/** What the module option `accountLabel` is called with. */
export interface LabelledAccount {
  readonly provider: string;
  readonly subject?: string | undefined;
  /** Scope of the token, if the call names one instead of the definition: sorted, without repetition. */
  readonly scope?: readonly string[] | undefined;
  /** Resource indicators, if the call names them instead of the definition: sorted, without repetition. */
  readonly resource?: readonly string[] | undefined;
}

/** Returns the name of an account for errors and the log. At most 64 characters of it are shown. */
export type AccountLabel = (account: LabelledAccount) => string;

/** Returns the label of an account; `undefined` for the definition's own account. */
export type LabelOf = (target: TokenTarget | undefined) => string | undefined;

/** Characters of a label at most. */
const LONGEST = 64;

/**
 * Hexadecimal digits of the default label. With 10,000 accounts, the chance that two have the same label is 1 in
 * 20,000.
 */
const DIGITS = 10;

/**
 * The cost parameter of scrypt. With it, someone who knows a label and its subject needs about 10 ms for each guess at
 * a weak secret.
 */
const COST = 4_096;

/** What the labels of a provider are made from. */
export interface LabelParts {
  readonly provider: string;
  /** The constant secrets of the definition. They are the same in all instances and after a restart. */
  readonly secrets: () => readonly string[];
  /** Default: the first digits of a keyed hash. */
  readonly accountLabel?: AccountLabel | undefined;
}

/**
 * Returns the function that labels the accounts of a provider. The default labels are hashes with a key. The key is
 * derived from the constant secrets of the definition, so that nobody can find a subject by hashing a list of
 * candidates. Without such secrets the key is random. It is derived when the first label is needed.
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

/** The label that the function of the app returns; `undefined` if it returns no text, or fails. */
function own(make: AccountLabel, provider: string, target: TokenTarget): string | undefined {
  const { subject, scope, resource } = target;
  const sorted = (list: TokenTarget['scope']) =>
    list === undefined ? undefined : Object.freeze(names(list).sort());
  try {
    const account = { provider, subject, scope: sorted(scope), resource: sorted(resource) };
    const label: unknown = atOnce(make(Object.freeze(account)));
    return typeof label === 'string' ? printable(label, [], LONGEST) || undefined : undefined;
  } catch {
    return undefined; // a failing label must not fail the renewal
  }
}

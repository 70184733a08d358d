/** What tells one account at a provider from another. */
export interface TokenTarget {
  /** Tenant, user or merchant. Credential functions are called with it. */
  readonly subject?: string;
  /** Scope of the token, instead of the definition's (RFC 6749 §3.3); order does not matter. */
  readonly scope?: string | readonly string[] | undefined;
  /** Resource indicators, instead of the definition's (RFC 8707). */
  readonly resource?: string | readonly string[] | undefined;
}

/** Everything that a call may say about its token. */
const KNOWN = ['subject', 'scope', 'resource', 'signal'];

/**
 * What is wrong with a target. A subject that is missing by mistake must not become somebody else's
 * account.
 */
export function targetProblem(target: TokenTarget): string | undefined {
  const unknown = Object.keys(target).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) return `\`${unknown}\` is unknown`;
  if (!('subject' in target)) return undefined;
  return typeof target.subject === 'string' && target.subject !== ''
    ? undefined
    : '`subject` must be a non-empty string, or be left out';
}

/** A space-separated or listed set of names as a list without repetition. */
export function names(value: string | readonly string[] | undefined): string[] {
  const list = typeof value === 'string' ? value.split(' ') : (value ?? []);
  return [...new Set(list.filter((name) => name !== ''))];
}

/**
 * The part of the slot key that a target decides; `''` for the definition's own account. A subject alone
 * is its own key, for there may be many; lists begin with a bracket.
 */
export function targetKey(target: TokenTarget | undefined): string {
  if (!target) return '';
  const { subject, scope, resource } = target;
  if (scope === undefined && resource === undefined && !subject?.startsWith('[')) {
    return subject ?? '';
  }
  return JSON.stringify([
    subject ?? null,
    scope === undefined ? null : names(scope).sort(),
    resource === undefined ? null : names(resource).sort(),
  ]);
}

import { printable } from '../util/redaction.js';

/** Names one account of a provider. */
export interface TokenTarget {
  /** Tenant, user or merchant. Credential functions are called with it. */
  readonly subject?: string;
  /** Scope of the token, instead of the definition's (RFC 6749 §3.3). The order does not matter. */
  readonly scope?: string | readonly string[] | undefined;
  /** Resource indicators, instead of the definition's (RFC 8707). */
  readonly resource?: string | readonly string[] | undefined;
}

/** Characters of a subject, and of all scopes or resources together, at most. They are kept for each account. */
const LONGEST = { subject: 1_024, scope: 8_192, resource: 8_192 };

/** The members that a call may have. */
const KNOWN = ['subject', 'scope', 'resource', 'signal'];

/**
 * Says what is wrong with a target; `undefined` if nothing is. A subject that is missing by mistake must not lead to
 * the account of somebody else.
 */
export function targetProblem(target: TokenTarget): string | undefined {
  const unknown = Object.keys(target).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) return `\`${printable(unknown, [], 60)}\` is unknown`;
  return (
    subjectProblem(target) ??
    listProblem('scope', target) ??
    listProblem('resource', target) ??
    signalProblem(target)
  );
}

function signalProblem({
  signal,
}: TokenTarget & { readonly signal?: unknown }): string | undefined {
  const isSignal =
    signal === undefined ||
    (typeof signal === 'object' && signal !== null && 'throwIfAborted' in signal);
  return isSignal ? undefined : '`signal` must be an AbortSignal';
}

function subjectProblem(target: TokenTarget): string | undefined {
  if (!('subject' in target)) return undefined;
  const { subject } = target;
  if (typeof subject !== 'string' || subject === '') {
    return '`subject` must be a non-empty string, or be left out';
  }
  if (subject.length <= LONGEST.subject) return undefined;
  return `\`subject\` must have at most ${LONGEST.subject} characters`;
}

/** Checks the length first, because it takes long to sort a million names. */
function listProblem(name: 'scope' | 'resource', target: TokenTarget): string | undefined {
  const list: unknown = target[name];
  if (list === undefined) return undefined;
  const items: readonly unknown[] = Array.isArray(list) ? list : [list];
  let left = LONGEST[name];
  for (const item of items) {
    if (typeof item !== 'string') return `\`${name}\` must be a string, or a list of strings`;
    left -= item.length + 1;
    if (left < 0) return `\`${name}\` must have fewer than ${LONGEST[name]} characters`;
  }
  return undefined;
}

/** A space-separated or listed set of names, as a list without repetition. */
export function names(value: string | readonly string[] | undefined): string[] {
  const list = typeof value === 'string' ? value.split(' ') : (value ?? []);
  return [...new Set(list.filter((name) => name !== ''))];
}

/**
 * The key of a target among the accounts of a provider; `''` for the definition's own account. A subject alone is its
 * own key, because there may be many. Other keys begin with a bracket.
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

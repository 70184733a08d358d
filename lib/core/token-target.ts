import { printable } from '../util/redaction.js';
import { atOnce } from '../util/waiting.js';
import { invalidCall, kindOf, type OAuth2ClientError } from './errors.js';

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
 * The target of a call: what the call says, or else the subject that the function of the definition returns. A subject
 * that is missing by mistake must not lead to the account of somebody else.
 *
 * @throws {OAuth2ClientError} `REQUEST_INVALID`
 */
export function accountOf(
  provider: string,
  target: TokenTarget | undefined,
  ambient: (() => string | undefined) | undefined,
): TokenTarget | undefined {
  const fails: Fails = (what, hint = CORRECT_CALL) =>
    invalidCall(provider, `The account that the token is for is not valid: ${what}.`, hint);
  if (target !== undefined && (typeof target !== 'object' || target === null)) {
    throw fails('it must be an object of `subject`, `scope` and `resource`, or be left out');
  }
  if (ambient && !(target && 'subject' in target)) {
    const subject = callOf(ambient, fails);
    if (typeof subject === 'string' && subject !== '')
      return checked({ ...target, subject }, fails);
    throw fails(
      'the call names no `subject`, and the `subject` function of the definition returned none',
      'Name a `subject` in the call, or make the call where the function finds one.',
    );
  }
  return target && checked(target, fails);
}

const CORRECT_CALL = 'Correct the call.';

type Fails = (what: string, hint?: string) => OAuth2ClientError;

function callOf(ambient: () => string | undefined, fails: Fails): string | undefined {
  try {
    return atOnce(ambient());
  } catch (error) {
    throw fails(
      `the \`subject\` function of the definition failed (${kindOf(error)})`,
      'Correct the function: it must return a string, and cannot wait for a promise.',
    );
  }
}

function checked(target: TokenTarget, fails: Fails): TokenTarget {
  const problem = targetProblem(target);
  if (problem === undefined) return target;
  throw fails(problem);
}

/**
 * Says what is wrong with a target; `undefined` if nothing is. A subject that is missing by mistake must not lead to
 * the account of somebody else.
 */
function targetProblem(target: TokenTarget): string | undefined {
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

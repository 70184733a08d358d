import { kindOf, OAuth2ClientError } from '../core/errors.js';
import type { TokenSet } from '../core/token-set.js';
import { targetProblem, type TokenTarget } from '../core/token-target.js';
import { atOnce } from '../util/waiting.js';

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

/**
 * The error for a call that is not valid.
 *
 * @param hint what to correct: the call, or the definition
 */
export function invalidCall(provider: string, reason: string, hint: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'REQUEST_INVALID',
    provider,
    stage: 'api request',
    reason,
    hint,
  });
}

const CORRECT_CALL = 'Correct the call.';

/** The definition says no way to revoke tokens. */
export function cannotRevoke(provider: string): OAuth2ClientError {
  return invalidCall(
    provider,
    'The definition has no `revocation`, so its tokens cannot be revoked.',
    'Add `revocation` to the definition, or call `invalidate()` to forget the token here.',
  );
}

/**
 * The token that the API has rejected, as the call says.
 *
 * @throws {OAuth2ClientError} `REQUEST_INVALID` if the call names none
 */
export function accessTokenOf(provider: string, token: TokenSet | string | undefined): string {
  const accessToken: unknown = typeof token === 'string' ? token : token?.accessToken;
  if (typeof accessToken === 'string' && accessToken !== '') return accessToken;
  throw invalidCall(
    provider,
    '`renew()` was called without the token that the API has rejected.',
    'Pass the token set or the access token that was sent as the first argument. To discard the current token, call `invalidate()`.',
  );
}

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

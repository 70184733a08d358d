import { kindOf, OAuth2ClientError } from './errors.js';
import { targetProblem, type TokenTarget } from './token-target.js';
import { atOnce } from './waiting.js';

/**
 * The account that a call is about: what the call says, and else the subject that the definition's
 * function finds around it. One that is missing by mistake must not become somebody else's.
 *
 * @throws {OAuth2ClientError} `REQUEST_INVALID`
 */
export function accountOf(
  provider: string,
  target: TokenTarget | undefined,
  ambient: (() => string | undefined) | undefined,
): TokenTarget | undefined {
  if (!target && !ambient) return undefined;
  const fails = (what: string) =>
    invalidCall(provider, `The account that the token is for is not valid: ${what}.`);
  if (ambient && !(target && 'subject' in target)) {
    const subject = callOf(ambient, fails);
    if (typeof subject === 'string' && subject !== '')
      return checked({ ...target, subject }, fails);
    throw fails('the call names no `subject`, and the function of the definition found none');
  }
  return target && checked(target, fails);
}

/** A call that cannot be carried out as it is. */
export function invalidCall(provider: string, reason: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'REQUEST_INVALID',
    provider,
    stage: 'api request',
    reason,
    hint: 'Correct the call.',
  });
}

type Fails = (what: string) => OAuth2ClientError;

function callOf(ambient: () => string | undefined, fails: Fails): string | undefined {
  try {
    return atOnce(ambient());
  } catch (error) {
    throw fails(`the \`subject\` function of the definition failed (${kindOf(error)})`);
  }
}

function checked(target: TokenTarget, fails: Fails): TokenTarget {
  const problem = targetProblem(target);
  if (problem === undefined) return target;
  throw fails(problem);
}

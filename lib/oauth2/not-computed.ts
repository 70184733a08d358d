import { kindOf, OAuth2ClientError } from '../core/errors.js';
import { FunctionFailure } from './definition-functions.js';
import { RequestTooLong } from './token-request.js';

/**
 * A request could not be made: a function of the definition failed, or what is sent is too long. The error of
 * a function may quote a secret, so only its class is told.
 */
export function notComputed(provider: string, error: unknown): OAuth2ClientError {
  const [reason, hint] = explanation(error);
  return new OAuth2ClientError({
    code: 'CREDENTIALS_UNAVAILABLE',
    provider,
    stage: 'token request',
    reason,
    hint,
    retryable: true, // a vault may be there again later
    evaluated: false,
  });
}

function explanation(error: unknown): [reason: string, hint: string] {
  if (error instanceof RequestTooLong) {
    const functions = 'the functions of the definition';
    return [
      error.message,
      `Check what ${functions} return, and what they take from earlier responses.`,
    ];
  }
  const hint =
    'Nothing was sent. Call the function by itself to see its error; it is not shown here, for it may quote a secret.';
  if (error instanceof FunctionFailure) {
    return [`\`${error.member}\` of the definition ${error.what}.`, hint];
  }
  return [`A request could not be made from the definition (${kindOf(error)}).`, hint];
}

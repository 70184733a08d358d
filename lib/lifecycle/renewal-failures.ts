import { kindOf, OAuth2ClientError, type OAuth2ErrorStage } from '../core/errors.js';

/**
 * The deadline of a renewal or revocation is over.
 *
 * @param place the name of what did not answer
 */
export function timedOut(
  deadline: number,
  stage: OAuth2ErrorStage,
  place = 'the token endpoint',
): OAuth2ClientError {
  const isOwn = stage === 'credentials';
  const slow = isOwn ? 'the credential functions' : place;
  return new OAuth2ClientError({
    code: 'TOKEN_REQUEST_TIMEOUT',
    stage,
    reason: `No token within the deadline of ${deadline} ms: ${slow} did not answer in time.`,
    hint: isOwn
      ? 'Check the service that the credential functions ask. `deadline` sets how long a renewal may take.'
      : 'Check `tokenEndpoint`, and whether a firewall or a proxy blocks requests to it. `deadline` sets how long a renewal may take.',
    retryable: true,
    evaluated: stage !== 'credentials',
  });
}

/** The instance that renews has not finished in time. The next call may succeed. */
export function heldElsewhere(deadline: number): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'TOKEN_REQUEST_TIMEOUT',
    stage: 'token request',
    reason: `Another instance is renewing the token and has not written one to the shared store within the deadline of ${deadline} ms.`,
    hint: 'Try again. If that instance has died, its lock ends some seconds later, and the next call renews the token.',
    retryable: true,
    evaluated: false,
  });
}

/** The application closes. Another instance may serve the same call. */
export function shuttingDown(provider: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'SHUTTING_DOWN',
    provider,
    stage: 'token request',
    reason: 'The application is shutting down, so it requests no tokens.',
    hint: 'Repeat the call in another instance, or let it finish before `app.close()`.',
    retryable: true,
    evaluated: false,
  });
}

/** Turns any error into a failure that names its provider. */
export function named(error: unknown, provider: string): OAuth2ClientError {
  return (error instanceof OAuth2ClientError ? error : unexpected(error)).of(provider);
}

/** An error of another package. Only its class is shown, because its text may quote a secret. */
function unexpected(error: unknown): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'TOKEN_REQUEST_REJECTED',
    stage: 'token request',
    reason: `The token request failed unexpectedly (${kindOf(error)}).`,
    hint: 'Please report this to the maintainers of nestjs-oauth2-client, with the name of the provider.',
    retryable: true,
  });
}

/** There is no usable refresh token and no login. Only a new consent can bring a token. */
export function reauthenticationRequired(
  refusal: OAuth2ClientError | undefined,
  mayBeUsed = false,
): OAuth2ClientError {
  const lost = mayBeUsed
    ? ' An instance that died during a renewal may have used it, and its successor is lost.'
    : '';
  return new OAuth2ClientError({
    code: 'REAUTHENTICATION_REQUIRED',
    stage: 'token request',
    reason: refusal
      ? `The authorization server refused the refresh token: ${refusal.reason}${lost} There is no other grant to log in with.`
      : 'No unused refresh token is left, and there is no other grant to log in with.',
    hint: 'Obtain a new refresh token and configure it as `refreshToken`.',
    status: refusal?.status,
    error: refusal?.error,
    errorDescription: refusal?.errorDescription,
    retryAfter: refusal?.retryAfter,
    grantRefused: true,
    cause: refusal,
  });
}

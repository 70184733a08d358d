import { kindOf, OAuth2ClientError, type OAuth2ErrorStage } from '../core/errors.js';

/**
 * The deadline of a renewal, or of what gives tokens back, is over.
 *
 * @param place who was asked
 */
export function timedOut(
  provider: string,
  deadline: number,
  stage: OAuth2ErrorStage,
  place = 'the token endpoint',
): OAuth2ClientError {
  const isOwn = stage === 'credentials';
  const slow = isOwn ? 'the credential functions' : place;
  return new OAuth2ClientError({
    code: 'TOKEN_REQUEST_TIMEOUT',
    provider,
    stage,
    reason: `No token within the deadline of ${deadline} ms: ${slow} did not answer in time.`,
    hint: isOwn
      ? 'Check the place where the secrets are kept; `deadline` sets how long a renewal may take.'
      : 'Check `tokenEndpoint`, and that firewall and proxy let requests through to it; `deadline` sets how long a renewal may take.',
    retryable: true,
    evaluated: stage !== 'credentials',
  });
}

/** Nobody has looked at what is wrong there: it may well be over with the next call. */
export function heldElsewhere(provider: string, deadline: number): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'TOKEN_REQUEST_TIMEOUT',
    provider,
    stage: 'token request',
    reason: `Another instance is renewing the token, and has not left one in the shared store within the deadline of ${deadline} ms.`,
    hint: 'If it has died, its lock ends by itself some seconds later, and the next call renews.',
    retryable: true,
    evaluated: false,
  });
}

/** The application ends. Another instance may well serve the same call. */
export function shuttingDown(provider: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'SHUTTING_DOWN',
    provider,
    stage: 'token request',
    reason: 'The application is shutting down, so no token is requested any more.',
    hint: 'Repeat the call in another instance, or let it finish before `app.close()`.',
    retryable: true,
    evaluated: false,
  });
}

/** An error of a class that is not ours may quote anything, so only its class is told. */
export function unexpected(provider: string, error: unknown): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'TOKEN_REQUEST_REJECTED',
    provider,
    stage: 'token request',
    reason: `The token request failed unexpectedly (${kindOf(error)}).`,
    hint: 'Please report this with the name of the provider.',
    retryable: true,
  });
}

/** There is no way to get a token but a new consent. */
export function reauthenticationRequired(
  provider: string,
  refusal: OAuth2ClientError | undefined,
  mayBeSpent = false,
): OAuth2ClientError {
  const lost = mayBeSpent
    ? ' An instance that ended in the middle of a renewal may have used it, and its successor is lost.'
    : '';
  return new OAuth2ClientError({
    code: 'REAUTHENTICATION_REQUIRED',
    provider,
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

import { OAuth2ClientError, type OAuth2ErrorDetails } from '../../lib/core/errors.js';

/** The server has a problem that may pass by itself. */
export function transient(details: Partial<OAuth2ErrorDetails> = {}): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'TOKEN_ENDPOINT_UNAVAILABLE',
    provider: 'acme',
    stage: 'token request',
    reason: 'The token endpoint answered 500.',
    hint: 'Wait.',
    status: 500,
    retryable: true,
    ...details,
  });
}

/** The server looked at a password and refused it. */
export function permanent(details: Partial<OAuth2ErrorDetails> = {}): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'CREDENTIALS_REJECTED',
    provider: 'acme',
    stage: 'token request',
    reason: 'The token endpoint answered 400 (invalid_grant).',
    hint: 'Check the credentials.',
    status: 400,
    error: 'invalid_grant',
    retryable: false,
    grantRefused: true,
    mayLockAccount: true,
    ...details,
  });
}

/** The server certainly did not look at the credentials. */
export function unevaluated(details: Partial<OAuth2ErrorDetails> = {}): OAuth2ClientError {
  return transient({ status: 503, evaluated: false, ...details });
}

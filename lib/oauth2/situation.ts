import type { TokenSet } from '../core/token-set.js';
import { names, type TokenTarget } from '../core/token-target.js';
import type { Credentials } from './credentials.js';
import type { Situation } from './request-definition.js';
import type { TokenEndpoint } from './token-endpoint.js';

/** One account, with what is known of its tokens. */
export interface Account {
  /** With the keys that sign its assertions. */
  readonly endpoint: TokenEndpoint;
  readonly credentials: Credentials;
  readonly target: TokenTarget;
  /** The token set that is renewed or revoked. */
  readonly tokens?: TokenSet | undefined;
  readonly refreshToken?: string | undefined;
}

/** What the functions of a definition know of an account, before a step has run. */
export function situationOf(account: Account): Situation {
  const { endpoint, credentials, target, tokens, refreshToken } = account;
  return {
    credentials,
    subject: target.subject,
    scope: scopeOf(endpoint, target),
    resource: names(target.resource ?? endpoint.resource),
    responses: {},
    accessToken: tokens?.accessToken,
    refreshToken,
    tokens,
  };
}

/** The scope names that are asked for. */
export function scopeNames(endpoint: TokenEndpoint, target: TokenTarget): string[] {
  return names(target.scope ?? endpoint.scope);
}

/** The scope as it is sent; `undefined`: none. */
export function scopeOf(endpoint: TokenEndpoint, target: TokenTarget): string | undefined {
  return scopeNames(endpoint, target).join(endpoint.scopeSeparator ?? ' ') || undefined;
}

import { OAuth2ClientError } from '../core/errors.js';
import type { TokenTarget } from '../core/token-target.js';
import type { ApiTokens } from './api-directory.js';

/** An error of ours with the label of the account that the request was for. */
export function ofAccount(
  error: unknown,
  tokens: ApiTokens,
  target: TokenTarget | undefined,
): unknown {
  if (!(error instanceof OAuth2ClientError) || !target) return error;
  const label = labelOf(tokens, target);
  return label === undefined ? error : error.forCaller(undefined, label);
}

/** What a test puts in place of a `TokenProvider` may know no labels. */
function labelOf(tokens: ApiTokens, target: TokenTarget): string | undefined {
  try {
    return tokens.status?.(target).account;
  } catch {
    return undefined;
  }
}

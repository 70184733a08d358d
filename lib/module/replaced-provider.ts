import { OAuth2ClientError, type OAuth2ErrorDetails } from '../core/errors.js';
import { TokenProvider } from '../lifecycle/token-provider.js';
import type { TokenSet } from '../core/token-set.js';
import type { ApiTokens } from '../http/api.js';

/**
 * The methods of a provider that requests use. A test may have replaced the provider by an object that lacks some of
 * its methods, or whose methods return something else. The object needs only `getToken`. If it returns no TokenSet,
 * nothing is sent.
 */
export function apiTokensOf(name: string, provider: Partial<ApiTokens>): ApiTokens {
  if (provider instanceof TokenProvider) return provider;
  const tokens: ApiTokens = {
    peek(target) {
      const token = provider.peek?.(target);
      return token && checked(name, token);
    },
    async getToken(options) {
      if (!provider.getToken) throw failure('CONFIGURATION_INVALID', name, 'has no `getToken`');
      return checked(name, await provider.getToken(options));
    },
    async renew(rejected, options) {
      if (!provider.renew) return tokens.getToken(options);
      return checked(name, await provider.renew(rejected, options));
    },
  };
  return tokens;
}

/** Accepts a TokenSet of any copy of this package: the ESM and the CommonJS build have different classes. */
function checked(name: string, token: TokenSet | undefined): TokenSet {
  if (typeof token?.authorization === 'string') return token;
  throw failure('TOKEN_RESPONSE_INVALID', name, 'did not return a TokenSet');
}

function failure(
  code: OAuth2ErrorDetails['code'],
  provider: string,
  what: string,
): OAuth2ClientError {
  return new OAuth2ClientError({
    code,
    provider,
    stage: 'api request',
    reason: `The object that replaces the TokenProvider ${what}.`,
    hint: "Replace it with `fakeTokenProvider()` of 'nestjs-oauth2-client/testing', or return `new TokenSet({ accessToken, expiresAt })`.",
  });
}

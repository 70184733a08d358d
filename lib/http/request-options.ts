import { bare } from '../util/bare.js';
import { OAuth2ClientError } from '../core/errors.js';
import { printable } from '../util/redaction.js';
import type { TokenTarget } from '../core/token-target.js';

/** What one request says about its token. */
export interface RequestOAuth2Options extends TokenTarget {
  /** Whose token to send, where the URL leaves a choice. */
  readonly provider?: string | undefined;
}

const KNOWN = ['provider', 'subject', 'scope', 'resource'];

/**
 * The `oauth2` option of a request; `undefined` if it says nothing.
 *
 * @throws {OAuth2ClientError} `REQUEST_INVALID`
 */
export function readRequestOptions(
  config: object,
  provider = 'OAuth2ClientModule',
): RequestOAuth2Options | false | undefined {
  const options = (config as { oauth2?: unknown }).oauth2;
  if (options === undefined || options === false) return options;
  if (typeof options !== 'object' || options === null)
    throw invalid(provider, 'it must be an object or false');
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined)
    throw invalid(provider, `\`${printable(unknown, [], 60)}\` is unknown`);
  if (Object.keys(options).length === 0) return undefined;
  return bare(options);
}

function invalid(provider: string, problem: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'REQUEST_INVALID',
    provider,
    stage: 'api request',
    reason: `The \`oauth2\` option of the request is not valid: ${problem}.`,
    hint: `It takes ${KNOWN.join(', ')}.`,
  });
}

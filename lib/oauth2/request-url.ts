import { OAuth2ClientError } from '../core/errors.js';
import { isAtOrigin, tryUrl } from '../core/urls.js';
import type { RequestContext } from './request-definition.js';
import type { RequestUrl, TokenEndpoint } from './token-endpoint.js';

/** A function of a definition gave no URL that a request may go to. */
export class NoSuchUrl extends Error {
  /** @param origin where it would have gone; `undefined`: it is no URL */
  constructor(
    readonly member: string,
    readonly origin: string | undefined,
  ) {
    super(origin === undefined ? 'no URL' : 'not an allowed origin');
    this.name = 'NoSuchUrl';
  }
}

/**
 * The URL of a request. What a function returns may depend on a subject or on an answer, so it must be at the
 * origin of the token endpoint or at one of the `origins` of the definition: nobody else gets the credentials.
 *
 * @param url default: the token endpoint
 * @throws {NoSuchUrl}
 */
export function urlOf(
  endpoint: TokenEndpoint,
  url: RequestUrl | undefined,
  context: RequestContext,
): string {
  const { tokenEndpoint } = endpoint;
  if (url === undefined) return endpointUrl(endpoint, context);
  const told = typeof url === 'function' ? url(context) : url;
  if (typeof told !== 'string' || told === '') throw new NoSuchUrl('url', undefined);
  const whole = tryUrl(told);
  if (typeof url === 'string' && whole) return whole.href; // was checked at start
  const asked = whole ?? new URL(told, endpointUrl(endpoint, context));
  const own = typeof tokenEndpoint === 'string' ? [tokenEndpoint] : [];
  return allowed('url', asked, [...own, ...(endpoint.origins ?? [])]);
}

function endpointUrl({ tokenEndpoint, origins = [] }: TokenEndpoint, context: RequestContext) {
  if (typeof tokenEndpoint !== 'function') return tokenEndpoint!;
  const told = tokenEndpoint(context);
  return allowed('tokenEndpoint', tryUrl(String(told)), origins);
}

function allowed(member: string, url: URL | undefined, origins: readonly string[]): string {
  if (!url) throw new NoSuchUrl(member, undefined);
  const isPlain = url.username === '' && url.password === '';
  if (isPlain && isAtOrigin(url, origins)) return url.href;
  throw new NoSuchUrl(member, url.origin);
}

/** A function led nowhere, or to somebody who must not get the credentials. */
export function noSuchUrl(provider: string, { member, origin }: NoSuchUrl): OAuth2ClientError {
  const isForeign = origin !== undefined;
  return new OAuth2ClientError({
    code: isForeign ? 'URL_NOT_OWNED' : 'CREDENTIALS_UNAVAILABLE',
    provider,
    stage: 'token request',
    reason: isForeign
      ? `A function configured as \`${member}\` led to ${origin}, which is neither the origin of \`tokenEndpoint\` nor one of \`origins\`. Nothing was sent.`
      : `A function configured as \`${member}\` returned no URL.`,
    hint: isForeign
      ? 'Correct the function, or add the origin to `origins` if it belongs to the vendor.'
      : 'Check what the function reads: an answer or a token set may lack it. A relative URL needs a `tokenEndpoint` that is known by then.',
    evaluated: false,
  });
}

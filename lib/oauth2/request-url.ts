import { OAuth2ClientError } from '../core/errors.js';
import { isAtOrigin, isLoopback, tryUrl } from '../util/urls.js';
import { failureIn, kindOfValue, ShowableError } from './definition-functions.js';
import type { RequestContext } from './request-definition.js';
import type { RequestUrl, TokenEndpoint } from './token-endpoint.js';

/** A function of a definition leads to somebody who must not get the credentials. */
export class ForeignUrl extends Error {
  constructor(
    /** Where in the definition the function is, such as `refresh.url`. */
    readonly member: string,
    readonly origin: string,
  ) {
    super('A function leads to an origin that the definition does not name.');
    this.name = 'ForeignUrl';
  }
}

/**
 * The URL of a request. What a function returns may depend on a subject or on an answer, so it must be at the
 * origin of the token endpoint or at one of the `origins` of the definition: nobody else gets the credentials.
 *
 * @param url default: the token endpoint
 * @param pathOf where a member of the request stands in the definition, for errors
 * @throws {ForeignUrl}
 * @throws {FunctionFailure} where a function fails, or returns no URL
 */
export function urlOf(
  endpoint: TokenEndpoint,
  url: RequestUrl | undefined,
  context: RequestContext,
  pathOf: (member: string) => string,
): string {
  if (url === undefined) return endpointUrl(endpoint, context);
  const base = () => endpointUrl(endpoint, context);
  if (typeof url === 'string') return (tryUrl(url) ?? new URL(url, base())).href; // checked at start
  const { tokenEndpoint, origins = [] } = endpoint;
  const own = typeof tokenEndpoint === 'string' ? [tokenEndpoint] : [];
  return led(pathOf('url'), () => usableUrl(url(context), base), [...own, ...origins]);
}

function endpointUrl(
  { tokenEndpoint, origins = [] }: TokenEndpoint,
  context: RequestContext,
): string {
  if (typeof tokenEndpoint !== 'function') return tokenEndpoint!;
  return led('tokenEndpoint', () => usableUrl(tokenEndpoint(context)), origins);
}

function led(member: string, find: () => URL, origins: readonly string[]): string {
  const url = found(member, find);
  if (isAtOrigin(url, origins)) return url.href;
  if (url.protocol !== 'https:' && !isLoopback(url)) {
    throw failureIn(member, new ShowableError('it returned a URL that is not https'));
  }
  throw new ForeignUrl(member, url.origin);
}

function found(member: string, find: () => URL): URL {
  try {
    return find();
  } catch (error) {
    if (error instanceof OAuth2ClientError || error instanceof ForeignUrl) throw error;
    throw failureIn(member, error);
  }
}

/** @param base what a path is relative to; default: there must be no path */
function usableUrl(told: unknown, base?: () => string): URL {
  if (typeof told !== 'string' || told === '') return unusable(kindOfValue(told));
  const isPath = base !== undefined && /^\/(?![/\\])/.test(told);
  const url = isPath ? new URL(told, base()) : tryUrl(told);
  if (!url) {
    return unusable(
      base
        ? 'a text that is neither an absolute URL nor a path that begins with one slash'
        : 'a text that is no absolute URL',
    );
  }
  const isBare = url.username === '' && url.password === '';
  return isBare ? url : unusable('a URL with credentials in it');
}

function unusable(returned: string): never {
  throw new ShowableError(`it returned ${returned}`);
}

/** What a caller is told of a function that leads elsewhere. */
export function notAllowed(provider: string, { member, origin }: ForeignUrl): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'URL_NOT_OWNED',
    provider,
    stage: 'token request',
    reason: `The function \`${member}\` of the definition leads to ${origin}, which is neither the origin of \`tokenEndpoint\` or \`baseURL\` nor one of \`origins\`. Nothing was sent.`,
    hint: 'Correct the function, or add the origin to `origins` if it belongs to the vendor.',
    evaluated: false,
  });
}

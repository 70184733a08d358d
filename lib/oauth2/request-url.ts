import { OAuth2ClientError } from '../core/errors.js';
import { isAtOrigin, isLoopback, tryUrl } from '../util/urls.js';
import { failureIn, kindOfValue, RefusedRequest, ShowableError } from './definition-functions.js';
import type { RequestContext } from './request-definition.js';
import type { RequestUrl, TokenEndpoint } from './token-endpoint.js';

/**
 * The URL of a request. A function may use a subject or a response, which must not choose who gets the credentials. So
 * its URL must be at the origin of the token endpoint or at one of the `origins` of the definition.
 *
 * @param url default: the token endpoint
 * @param member the path of the URL in the definition, for errors
 * @throws {RefusedRequest} if the URL is at another origin
 * @throws {FunctionFailure} if a function fails, or does not return a URL
 */
export function urlOf(
  endpoint: TokenEndpoint,
  url: RequestUrl | undefined,
  context: RequestContext,
  member: string,
): string {
  const { tokenEndpoint, origins = [] } = endpoint;
  if (url === undefined) return endpointUrl(endpoint, context);
  const base = () => endpointUrl(endpoint, context);
  if (typeof url === 'string') return (tryUrl(url) ?? new URL(url, base())).href; // checked at start
  const own = typeof tokenEndpoint === 'string' ? [tokenEndpoint] : [];
  return checked(member, () => usableUrl(url(context), base), [...own, ...origins]);
}

function endpointUrl(
  { tokenEndpoint = '', origins = [] }: TokenEndpoint,
  context: RequestContext,
): string {
  if (typeof tokenEndpoint === 'string') return tokenEndpoint;
  return checked('tokenEndpoint', () => usableUrl(tokenEndpoint(context)), origins);
}

function checked(member: string, find: () => URL, origins: readonly string[]): string {
  const url = found(member, find);
  if (isAtOrigin(url, origins)) return url.href;
  if (url.protocol !== 'https:' && !isLoopback(url)) {
    throw failureIn(member, new ShowableError('it returned a URL that is not https'));
  }
  throw new RefusedRequest(
    `The function \`${member}\` of the definition leads to ${url.origin}, which is neither the origin of \`tokenEndpoint\` or \`baseURL\` nor one of \`origins\`. Nothing was sent.`,
    'Correct the function, or add the origin to `origins` if it belongs to the vendor.',
    'URL_NOT_OWNED',
  );
}

function found(member: string, find: () => URL): URL {
  try {
    return find();
  } catch (error) {
    if (error instanceof OAuth2ClientError || error instanceof RefusedRequest) throw error;
    throw failureIn(member, error);
  }
}

/** @param base what a path is relative to; without it, a path is refused */
function usableUrl(returned: unknown, base?: () => string): URL {
  if (typeof returned !== 'string' || returned === '') return unusable(kindOfValue(returned));
  const isPath = base !== undefined && /^\/(?![/\\])/.test(returned);
  const url = isPath ? new URL(returned, base()) : tryUrl(returned);
  if (!url) {
    return unusable(
      base
        ? 'a text that is neither an absolute URL nor a path that begins with one slash'
        : 'a text that is not an absolute URL',
    );
  }
  const isBare = url.username === '' && url.password === '';
  return isBare ? url : unusable('a URL with credentials in it');
}

function unusable(returned: string): never {
  throw new ShowableError(`it returned ${returned}`);
}

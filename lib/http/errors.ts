import { OAuth2ClientError, type OAuth2ErrorCode } from '../core/errors.js';
import type { TokenTarget } from '../core/token-target.js';
import type { TokenProvider } from '../lifecycle/token-provider.js';
import { shownUrl } from '../util/urls.js';
import { LONGEST_URL, type RequestUrl } from './request-url.js';

/** A test double of a `TokenProvider` may have no labels. */
type Labels = Partial<Pick<TokenProvider, 'status'>>;

const MODULE = 'OAuth2ClientModule';

interface Owner {
  readonly provider: string;
  readonly origins: readonly string[];
  readonly baseURLFrom?: unknown;
}

/** A request with a `socketPath` reaches whatever listens there. */
export function throughSocket(provider: string): OAuth2ClientError {
  return notSent(
    'URL_NOT_OWNED',
    provider,
    'The request has a `socketPath`, so its URL does not tell who would receive the token.',
    'Remove `socketPath`, or send the request without a token: `oauth2: false`.',
  );
}

/** A request with a `transport` may follow redirects that the guard does not see. */
export function customTransport(provider: string): OAuth2ClientError {
  return notSent(
    'REQUEST_INVALID',
    provider,
    'The request has its own `transport`, which could follow a redirect and carry the token to another host.',
    'Remove `transport`, or send the request without a token: `oauth2: false`.',
  );
}

/** A request for a provider, whose URL is outside the provider's origins. */
export function notOwned(api: Owner, url: RequestUrl | undefined, href: string): OAuth2ClientError {
  const hasOrigin = url && url.origin !== 'null'; // `data:` has the origin "null"
  const shown = hasOrigin
    ? `${shownUrl(url.origin + url.path)}, which is`
    : `"${shownUrl(href)}", a URL without an origin. It is`;
  return notSent(
    'URL_NOT_OWNED',
    api.provider,
    `The request goes to ${shown} none of ${originsOf(api)}.`,
    'Correct the URL, or add its origin to `origins`. To send the request without a token, set `oauth2: false` or use the HttpService that is bound to no provider.',
  );
}

/** A request that asks for a token, but names no provider and has a URL that no provider owns. */
export function ownedByNobody(provider: string | undefined, href: string): OAuth2ClientError {
  return notSent(
    'URL_NOT_OWNED',
    provider ?? MODULE,
    `The request to "${shownUrl(href)}" asks for a token, but its URL belongs to no provider.`,
    'Correct the URL, add its origin to `origins`, name the provider in the request, `{ oauth2: { provider } }`, or remove the `oauth2` option.',
  );
}

/** A relative URL, sent through a service that has no base URL. */
export function noBaseURL(href: string, known: readonly string[]): OAuth2ClientError {
  const [name = 'name'] = known;
  return notSent(
    'REQUEST_INVALID',
    MODULE,
    `The URL "${shownUrl(href)}" is not absolute, and this HttpService is not bound to a provider that has a base URL.`,
    `Inject the HttpService of a provider, \`@InjectHttpService('${name}')\`, name one in the request, \`{ oauth2: { provider: '${name}' } }\`, or give the request a \`baseURL\`. Known providers: ${known.join(', ') || 'none'}.`,
  );
}

/** A URL that is too long to be checked. */
export function tooLong(provider: string, href: string): OAuth2ClientError {
  return notSent(
    'REQUEST_INVALID',
    provider,
    `The URL of the request, ${shownUrl(href)}, is longer than ${LONGEST_URL} characters.`,
    'Send long values in the body of the request.',
  );
}

/** An account for which `baseURLFrom` finds no base URL. */
export function noAccountBaseURL(api: Owner, members: readonly string[]): OAuth2ClientError {
  const { baseURLFrom } = api;
  const what =
    typeof baseURLFrom === 'string'
      ? `The token response has no base URL at \`${baseURLFrom}\`, where \`baseURLFrom\` expects one`
      : 'The function `baseURLFrom` returned no base URL for this account';
  return notSent(
    'URL_NOT_OWNED',
    api.provider,
    `${what}, so the host of the request is unknown.`,
    `Correct \`baseURLFrom\`, or keep the member of the response with \`response.capture\`. \`extra\` of the token set has ${members.join(', ') || 'no members'}.`,
  );
}

/** An account whose base URL is outside the provider's origins. */
export function foreignBaseURL(api: Owner, href: string, token: string): OAuth2ClientError {
  const { baseURLFrom } = api;
  const [what, where] =
    typeof baseURLFrom === 'string'
      ? ['The token response', ` (\`${baseURLFrom}\`)`]
      : ['The function `baseURLFrom`', ''];
  return notSent(
    'URL_NOT_OWNED',
    api.provider,
    `${what} sends the request to "${shownUrl(href, [token])}"${where}, which is none of ${originsOf(api)}.`,
    'If the vendor serves the API there, add the origin to `origins`; else correct `baseURLFrom`.',
  );
}

/** A `baseURLFrom` that throws. Its error is not shown, because it may quote the token set. */
export function baseURLFailed(provider: string, what: string): OAuth2ClientError {
  return notSent(
    'REQUEST_INVALID',
    provider,
    `\`baseURLFrom\` of the definition ${what}.`,
    'The request was not sent. Call the function by itself to see its error.',
  );
}

/** A URL of the API that is the host of another account. */
export function hostOfAnotherAccount(provider: string): OAuth2ClientError {
  return notSent(
    'URL_NOT_OWNED',
    provider,
    'The request goes to a host of this API that belongs to another account.',
    'Name the `subject` of that host in the request, or use a relative URL.',
  );
}

/** A URL that several providers claim by the same prefix. */
export function ambiguous(providers: readonly string[], href: string): OAuth2ClientError {
  return notSent(
    'PROVIDER_AMBIGUOUS',
    providers.join(', '),
    `Several providers serve ${shownUrl(href)}.`,
    'Name one in the request, `{ oauth2: { provider } }`, or inject an HttpService by name.',
  );
}

function originsOf({ origins }: Owner): string {
  return `its origins: ${origins.join(', ')}`;
}

function notSent(
  code: OAuth2ErrorCode,
  provider: string,
  reason: string,
  hint: string,
): OAuth2ClientError {
  return new OAuth2ClientError({ code, provider, stage: 'api request', reason, hint });
}

/** Adds the label of the request's account to an error of this package. */
export function withAccountLabel(
  error: unknown,
  tokens: Labels,
  target: TokenTarget | undefined,
): unknown {
  if (!(error instanceof OAuth2ClientError) || !target) return error;
  const label = labelOf(tokens, target);
  return label === undefined ? error : error.forCaller(undefined, label);
}

function labelOf(tokens: Labels, target: TokenTarget): string | undefined {
  try {
    return tokens.status?.(target).account;
  } catch {
    return undefined;
  }
}

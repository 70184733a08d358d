import { OAuth2ClientError, type OAuth2ErrorCode } from '../core/errors.js';
import { shownUrl } from '../util/urls.js';
import { LONGEST_URL, type RequestUrl } from './request-url.js';

const MODULE = 'OAuth2ClientModule';

interface Owner {
  readonly provider: string;
  readonly origins: readonly string[];
  readonly baseURLFrom?: unknown;
}

/** A request through a socket reaches whatever listens there. */
export function throughSocket(provider: string): OAuth2ClientError {
  return notServed(
    'URL_NOT_OWNED',
    provider,
    'The request goes through a `socketPath`, so that its URL does not say who receives the token.',
    {
      hint: 'Leave `socketPath` out, or send the request without a token: `oauth2: false`.',
    },
  );
}

/** A request for a provider, whose URL is outside the provider's origins. */
export function notOwned(api: Owner, url: RequestUrl | undefined, href: string): OAuth2ClientError {
  const hasOrigin = url && url.origin !== 'null'; // that of `data:` is
  const asked = hasOrigin
    ? `to ${shownUrl(url.origin + url.path)}, which is`
    : `to "${shownUrl(href)}", a URL without an origin, and so to`;
  const reason = `The request goes ${asked} none of ${its(api)}.`;
  return notServed('URL_NOT_OWNED', api.provider, reason, {
    hint: 'Correct the URL, or add its origin to `origins`. To send the request without a token, set `oauth2: false` or use the HttpService that is bound to no provider.',
  });
}

/** A request that asks for a token, without a provider and to nobody's URL. */
export function ofNobody(provider: string | undefined, href: string): OAuth2ClientError {
  const reason = `The request to "${shownUrl(href)}" asks for a token, but its URL belongs to no provider.`;
  return notServed('URL_NOT_OWNED', provider ?? MODULE, reason, {
    hint: 'Correct the URL, add its origin to `origins`, name the provider in the request, `{ oauth2: { provider } }`, or leave the `oauth2` option out.',
  });
}

/** A URL that leads nowhere by itself, through a service that has no base URL. */
export function withoutBase(href: string, known: readonly string[]): OAuth2ClientError {
  const reason = `The URL "${shownUrl(href)}" is not absolute, and this HttpService is bound to no provider that it could be relative to.`;
  const [name = 'name'] = known;
  return notServed('REQUEST_INVALID', MODULE, reason, {
    hint: `Inject the HttpService of a provider, \`@InjectHttpService('${name}')\`, name one in the request, \`{ oauth2: { provider: '${name}' } }\`, or give the request a \`baseURL\`. Known providers: ${known.join(', ') || 'none'}.`,
  });
}

/** A URL that is not read to its end. */
export function tooLong(provider: string, href: string): OAuth2ClientError {
  const reason = `The URL of the request, ${shownUrl(href)}, is longer than ${LONGEST_URL} characters.`;
  return notServed('REQUEST_INVALID', provider, reason, {
    hint: 'Send long values in the body of the request.',
  });
}

/** A token response without the base URL that it should tell. */
export function notTold(api: Owner, members: readonly string[]): OAuth2ClientError {
  const { baseURLFrom } = api;
  const what =
    typeof baseURLFrom === 'string'
      ? `The token response has no base URL at \`${baseURLFrom}\`, where \`baseURLFrom\` expects one`
      : 'The function `baseURLFrom` returned no base URL for this account';
  const reason = `${what}, so the request has no host to go to.`;
  return notServed('URL_NOT_OWNED', api.provider, reason, {
    hint: `Correct \`baseURLFrom\`; \`response.capture\` can name the place. \`extra\` of the token set has ${members.join(', ') || 'no members'}.`,
  });
}

/** A token set with a base URL outside the provider's origins. */
export function toldElsewhere(api: Owner, href: string, token: string): OAuth2ClientError {
  const { baseURLFrom } = api;
  const [what, place] =
    typeof baseURLFrom === 'string'
      ? ['The token response', ` (\`${baseURLFrom}\`)`]
      : ['The function `baseURLFrom`', ''];
  const reason = `${what} sends the request to "${shownUrl(href, [token])}"${place}, which is none of ${its(api)}.`;
  return notServed('URL_NOT_OWNED', api.provider, reason, {
    hint: 'If the vendor serves the API there, add the origin to `origins`; else correct `baseURLFrom`.',
  });
}

/** A definition whose `baseURLFrom` throws. Its error may quote what it got. */
export function functionFailed(provider: string, what: string): OAuth2ClientError {
  const reason = `\`baseURLFrom\` of the definition ${what}.`;
  return notServed('REQUEST_INVALID', provider, reason, {
    hint: 'Nothing was sent. Call the function by itself to see its error.',
  });
}

/** A URL of the API that is the host of another account. */
export function ofAnotherAccount(provider: string): OAuth2ClientError {
  const reason = 'The request goes to a host of this API that is not the one of its account.';
  return notServed('URL_NOT_OWNED', provider, reason, {
    hint: 'Name the `subject` whose host it is in the request, or use a relative URL.',
  });
}

/** A URL that several providers claim by the same prefix. */
export function ambiguous(providers: readonly string[], href: string): OAuth2ClientError {
  const reason = `Several providers serve ${shownUrl(href)}.`;
  return notServed('PROVIDER_AMBIGUOUS', providers.join(', '), reason, {
    hint: 'Name one in the request, `{ oauth2: { provider } }`, or inject an HttpService by name.',
  });
}

function its({ origins }: Owner): string {
  return `its origins: ${origins.join(', ')}`;
}

function notServed(
  code: OAuth2ErrorCode,
  provider: string,
  reason: string,
  { hint }: { hint: string },
): OAuth2ClientError {
  return new OAuth2ClientError({
    code,
    provider,
    stage: 'api request',
    reason,
    hint,
  });
}

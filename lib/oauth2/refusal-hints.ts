import type { ClientAuthenticationMethod } from './client-authentication.js';
import type { Refusal } from './failure-meaning.js';
import type { GrantType } from './grants.js';
import { isDated, member, membersOfRequest, type RequestSummary } from './request-summary.js';
import type { ErrorMeaning } from './response-definition.js';
import { isPage, type VendorResponse } from './vendor-response.js';

/** A refusal, and what it means. */
export interface ExplainedRefusal extends Refusal {
  readonly meaning: ErrorMeaning;
  /** Seconds by which the vendor's clock is ahead; 0 if the difference is small. */
  readonly skew: number;
}

/** What a refusal is about, for the first sentence of the error, and what to do. */
export interface Explanation {
  /** Follows "The token endpoint answered 400 to"; `''` if the request is not the reason. */
  readonly about: string;
  readonly hint: string;
}

interface Row {
  readonly fits: (refusal: ExplainedRefusal, request: RequestSummary) => boolean;
  readonly about: (request: RequestSummary, refusal: ExplainedRefusal) => string;
  readonly hint: (request: RequestSummary, refusal: ExplainedRefusal) => string;
}

/** Explains a refusal by the first row that fits, or by the last one. */
export function explanationOf(refusal: ExplainedRefusal, request: RequestSummary): Explanation {
  const row = ROWS.find(({ fits }) => fits(refusal, request)) ?? OTHERWISE;
  const about = row.about(request, refusal);
  const hint = row.hint(request, refusal);
  if (refusal.skew === 0 || about.includes('clock')) return { about, hint };
  const skew = `Its clock and the clock of this machine differ by ${Math.abs(refusal.skew)} s.`;
  return { about, hint: `${hint} ${skew}` };
}

const FIREWALL = ' A firewall or a proxy may also answer with a page.';
const USER = ' Check `username` and `password`, too.';
const ENVIRONMENT = 'and that `tokenEndpoint` is that of the same environment';

const coded =
  (...codes: readonly string[]): Row['fits'] =>
  ({ code }) =>
    codes.includes(code as string);

const says =
  (pattern: RegExp): Row['fits'] =>
  ({ response }) =>
    pattern.test(textOf(response));

const answered =
  (...statuses: readonly number[]): Row['fits'] =>
  ({ response }) =>
    statuses.includes(response.status);

const isRedirect: Row['fits'] = ({ response: { status } }) => status >= 300 && status < 400;

const MISSING =
  /missing|required|mandatory|(?:must not|cannot|can't) be (?:empty|null|blank)|not (?:present|provided|given)|undefined/i;
const MEDIA_TYPE =
  /content[- ]type|media type|x-www-form-urlencoded|application\/json|unexpected token|\bJSON\b|malformed/i;
const CLIENT = /client[ _-]?(?:id|secret|credential|authenti)|basic auth|authori[sz]ation header/i;
const TIME = /expired|not yet valid|\b(?:iat|nbf|exp)\b|clock|in the (?:future|past)|timestamp/i;
const PLAIN_HTTP = /plain HTTP|HTTP request (?:was sent )?to an? HTTPS|requires TLS/i;

/** Conditions and hints. Exact conditions come first; guesses from the vendor's words follow. */
const ROWS: readonly Row[] = [
  {
    fits: ({ meaning }) => meaning === 'throttled',
    about: () => '',
    hint: () => 'The vendor asks for fewer token requests; the call may be repeated later.',
  },
  {
    fits: ({ meaning }) => meaning === 'transient',
    about: () => '',
    hint: (request) =>
      `The vendor has a problem; the call may be repeated later. If it never works, compare ${membersOfRequest(request)} with the vendor's page.`,
  },
  {
    fits: coded('unsupported_grant_type', 'unauthorized_client'),
    about: ({ grantType }) => member('grantType', grantType),
    hint: ({ path }) =>
      path === 'refresh'
        ? "If the vendor renews no tokens, set `refresh: 'never'`; else allow this client to use refresh tokens at the vendor."
        : 'Set `grantType` to a grant that the vendor offers, or allow this client to use it at the vendor.',
  },
  {
    fits: coded('invalid_scope'),
    about: ({ scope }) =>
      scope === undefined ? 'a request without `scope`' : member('scope', scope),
    hint: () =>
      'Set `scope` to names that the vendor grants to this client; `scopeSeparator` and `scopeParameter` say how it is sent.',
  },
  {
    fits: coded('invalid_target'),
    about: ({ resource }) =>
      resource === '' ? 'a request without `resource`' : member('resource', resource),
    hint: () => 'Set `resource` to an API that the vendor knows and that this client may use.',
  },
  {
    fits: says(PLAIN_HTTP),
    about: ({ urlMember, url }) => member(urlMember, url),
    hint: ({ urlMember }) => `The port expects TLS: begin \`${urlMember}\` with https.`,
  },
  {
    fits: answered(407),
    about: () => 'a request through a proxy',
    hint: () =>
      'Give the proxy its credentials: in `axios: { proxy: { auth } }`, or in HTTPS_PROXY and HTTP_PROXY. To use none, set `axios: { proxy: false }`.',
  },
  {
    fits: (refusal, request) =>
      answered(404, 405, 410)(refusal, request) ||
      isRedirect(refusal, request) ||
      (isPage(refusal.response) && !answered(401)(refusal, request)),
    about: ({ urlMember, url }) => member(urlMember, url),
    hint: ({ urlMember }, { response }) =>
      `Check \`${urlMember}\`, and \`method\` if the vendor does not use POST.${isPage(response) ? FIREWALL : ''}`,
  },
  {
    fits: ({ skew }, request) => skew !== 0 && isDated(request),
    about: (_request, { skew }) =>
      `a request from a clock that is ${Math.abs(skew)} s ${skew > 0 ? 'behind' : 'ahead of'} the vendor's`,
    hint: () => 'Correct the clock of this machine: the request says when it was made.',
  },
  {
    fits: (refusal, request) => isDated(request) && says(TIME)(refusal, request),
    about: () => 'a request whose time it does not accept',
    hint: () =>
      'Check the clock of this machine, and the `lifetime` of the assertion: the request says when it was made.',
  },
  {
    fits: coded('invalid_grant'),
    about: ({ grantType }) => grantOf(grantType) ?? 'the grant',
    hint: ({ grantType }) =>
      grantType === 'refresh_token'
        ? 'The refresh token has expired, was revoked or used, or belongs to another client.'
        : `Check ${grantOf(grantType) ?? 'the credentials'}, ${ENVIRONMENT}.`,
  },
  {
    fits: (refusal, request) =>
      answered(415)(refusal, request) ||
      (says(MISSING)(refusal, request) &&
        request.sent.some((name) => mentions(refusal.response, name))) ||
      says(MEDIA_TYPE)(refusal, request),
    about: ({ encoding }) => member('encoding', encoding),
    hint: ({ encoding }) =>
      `If the vendor expects ${encoding === 'json' ? 'a form' : 'JSON'}, set \`encoding: '${encoding === 'json' ? 'form' : 'json'}'\`; else check \`parameters\` against its page.`,
  },
  {
    fits: (refusal, request) =>
      [coded('invalid_client'), answered(401), says(CLIENT)].some((fits) => fits(refusal, request)),
    about: ({ clientAuthentication: method }) =>
      method === undefined
        ? 'the credentials in `parameters` and `headers`'
        : member('clientAuthentication', method),
    hint: ({ clientAuthentication, grantType }) =>
      `${CLIENTS[clientAuthentication ?? 'custom']}, ${ENVIRONMENT}.${grantType === 'password' ? USER : ''}`,
  },
  {
    fits: coded('access_denied'),
    about: membersOfRequest,
    hint: () =>
      'Allow this client, or its user, to do what it asks for at the vendor. Check `scope`.',
  },
  {
    fits: says(/grant[ _-]?type|flow/i),
    about: ({ grantType }) => member('grantType', grantType),
    hint: () => 'Set `grantType` to a grant that the vendor offers to this client.',
  },
];

const OTHERWISE: Row = {
  fits: () => true,
  about: membersOfRequest,
  hint: ({ path }) =>
    path === ''
      ? "Compare these members, `parameters` and the credentials of this provider with the vendor's page."
      : `Compare \`${path}\` and the credentials of this provider with the vendor's page.`,
};

/** What the vendor refuses with `invalid_grant`. */
const grantOf = (grantType: GrantType | undefined) => grantType && GRANTS[grantType];

const GRANTS: Partial<Record<GrantType, string>> = {
  password: '`username` and `password`',
  refresh_token: 'the refresh token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': '`assertion`',
  'urn:ietf:params:oauth:grant-type:token-exchange': '`subjectToken`',
};

/** What to check, and which other client authentication the vendor may expect. */
const CLIENTS: Readonly<Record<ClientAuthenticationMethod | 'custom', string>> = {
  client_secret_basic:
    "If the vendor expects `clientSecret` in the body, set `clientAuthentication: 'client_secret_post'`; if it takes a Basic header without URL-encoding, `'client_secret_basic_raw'`. Check `clientId` and `clientSecret`",
  client_secret_basic_raw:
    "If the vendor expects `clientSecret` in the body, set `clientAuthentication: 'client_secret_post'`; if it takes a Basic header as RFC 6749 §2.3.1 says, `'client_secret_basic'`. Check `clientId` and `clientSecret`",
  client_secret_post:
    "If the vendor expects `clientSecret` in a Basic header, set `clientAuthentication: 'client_secret_basic'`. Check `clientId` and `clientSecret`",
  client_secret_jwt: 'Check `clientId` and `clientSecret`, the clock of this machine',
  private_key_jwt:
    'Check `clientId`, and `key`, `keyId` and `audience` of `clientAssertion`, the clock of this machine',
  tls_client_auth:
    'Check `clientId`, and that `axios: { httpsAgent }` has the certificate that the vendor knows',
  none: "If the vendor gave you a `client_secret`, set `clientSecret` and `clientAuthentication: 'client_secret_basic'` or `'client_secret_post'`. Check the credentials of this provider",
  custom:
    'Check the credentials of this provider and whether the vendor expects them in `headers`, in `parameters` or by `clientAuthentication`',
};

/** In characters: the part of a body that is searched for the vendor's words. */
const LONGEST = 4_096;

function textOf({ text }: VendorResponse): string {
  return text.slice(0, LONGEST);
}

function mentions(response: VendorResponse, name: string): boolean {
  return new RegExp(`\\b${name.replace(/[^\w]/g, '\\$&')}\\b`, 'i').test(textOf(response));
}

import type { VendorResponse } from './answer.js';
import { isPage } from './answer-shape.js';
import { isDated, member, membersSaid, type Asked, type Told } from './asked.js';
import type { ClientAuthenticationMethod } from './client-authentication.js';
import type { GrantType } from './grants.js';

/** What a refusal is about, for its first sentence, and what to do. */
export interface Explanation {
  /** Follows "The token endpoint answered 400 to"; `''` if it is not about the request. */
  readonly about: string;
  readonly hint: string;
}

interface Row {
  readonly fits: (told: Told, asked: Asked) => boolean;
  readonly about: (asked: Asked, told: Told) => string;
  readonly hint: (asked: Asked, told: Told) => string;
}

/** Explains a refusal: the first row that fits. */
export function explanationOf(told: Told, asked: Asked): Explanation {
  const row = ROWS.find(({ fits }) => fits(told, asked))!;
  const about = row.about(asked, told);
  const hint = row.hint(asked, told);
  if (told.skew === 0 || about.includes('clock')) return { about, hint };
  const skew = `Its clock and that of this machine differ by ${Math.abs(told.skew)} s.`;
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
  ({ answer }) =>
    pattern.test(textOf(answer));

const answered =
  (...statuses: readonly number[]): Row['fits'] =>
  ({ answer }) =>
    statuses.includes(answer.status);

const isRedirect: Row['fits'] = ({ answer: { status } }) => status >= 300 && status < 400;

const MISSING =
  /missing|required|mandatory|(?:must not|cannot|can't) be (?:empty|null|blank)|not (?:present|provided|given)|undefined/i;
const MEDIA_TYPE =
  /content[- ]type|media type|x-www-form-urlencoded|application\/json|unexpected token|\bJSON\b|malformed/i;
const CLIENT = /client[ _-]?(?:id|secret|credential|authenti)|basic auth|authori[sz]ation header/i;
const TIME = /expired|not yet valid|\b(?:iat|nbf|exp)\b|clock|in the (?:future|past)|timestamp/i;
const PLAIN_HTTP = /plain HTTP|HTTP request (?:was sent )?to an? HTTPS|requires TLS/i;

/** Conditions and hints. What is exact comes first, what is guessed from the vendor's words later. */
const ROWS: readonly Row[] = [
  {
    fits: ({ meaning }) => meaning === 'throttled',
    about: () => '',
    hint: () => 'The vendor asks for fewer token requests; the call may be repeated later.',
  },
  {
    fits: ({ meaning }) => meaning === 'transient',
    about: () => '',
    hint: (asked) =>
      `The vendor has a problem; the call may be repeated later. If it never works, compare ${membersSaid(asked)} with the page of the vendor.`,
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
    fits: (told, asked) =>
      answered(404, 405, 410)(told, asked) ||
      isRedirect(told, asked) ||
      (isPage(told.answer) && !answered(401)(told, asked)),
    about: ({ urlMember, url }) => member(urlMember, url),
    hint: ({ urlMember }, { answer }) =>
      `Check \`${urlMember}\`, and \`method\` if the vendor does not use POST.${isPage(answer) ? FIREWALL : ''}`,
  },
  {
    fits: ({ skew }, asked) => skew !== 0 && isDated(asked),
    about: (_asked, { skew }) =>
      `a request from a clock that is ${Math.abs(skew)} s ${skew > 0 ? 'behind' : 'ahead of'} the vendor's`,
    hint: () => 'Correct the clock of this machine: the request says when it was made.',
  },
  {
    fits: (told, asked) => isDated(asked) && says(TIME)(told, asked),
    about: () => 'a request whose time it does not accept',
    hint: () =>
      'Check the clock of this machine, and the `lifetime` of the assertion: the request says when it was made.',
  },
  {
    fits: coded('invalid_grant'),
    about: ({ grantType }) => GRANTS[grantType!] ?? 'the grant',
    hint: ({ grantType }) =>
      grantType === 'refresh_token'
        ? 'The refresh token has expired, was revoked or used, or belongs to another client.'
        : `Check ${GRANTS[grantType!] ?? 'the credentials'}, ${ENVIRONMENT}.`,
  },
  {
    fits: (told, asked) =>
      answered(415)(told, asked) ||
      (says(MISSING)(told, asked) && asked.sent.some((name) => mentions(told.answer, name))) ||
      says(MEDIA_TYPE)(told, asked),
    about: ({ encoding }) => member('encoding', encoding),
    hint: ({ encoding }) =>
      `If the vendor expects ${encoding === 'json' ? 'a form' : 'JSON'}, set \`encoding: '${encoding === 'json' ? 'form' : 'json'}'\`; else check \`parameters\` against its page.`,
  },
  {
    fits: (told, asked) =>
      [coded('invalid_client'), answered(401), says(CLIENT)].some((fits) => fits(told, asked)),
    about: ({ clientAuthentication: method }) =>
      method === undefined
        ? 'the credentials in `parameters` and `headers`'
        : member('clientAuthentication', method),
    hint: ({ clientAuthentication, grantType }) =>
      `${CLIENTS[clientAuthentication ?? 'custom']}, ${ENVIRONMENT}.${grantType === 'password' ? USER : ''}`,
  },
  {
    fits: coded('access_denied'),
    about: membersSaid,
    hint: () => 'Allow this client, or its user, at the vendor what it asks for; check `scope`.',
  },
  {
    fits: says(/grant[ _-]?type|flow/i),
    about: ({ grantType }) => member('grantType', grantType),
    hint: () => 'Set `grantType` to a grant that the vendor offers to this client.',
  },
  {
    fits: () => true,
    about: membersSaid,
    hint: ({ path }) =>
      path === ''
        ? 'Compare these members, `parameters` and the credentials of this provider with the page of the vendor.'
        : `Compare \`${path}\` and the credentials of this provider with the page of the vendor.`,
  },
];

/** What each grant gives for the token. */
const GRANTS: Partial<Record<GrantType, string>> = {
  password: '`username` and `password`',
  refresh_token: 'the refresh token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': '`assertion`',
  'urn:ietf:params:oauth:grant-type:token-exchange': '`subjectToken`',
};

/** What to check, and what else the vendor may expect. */
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

/** Characters of a body that are searched for the vendor's words. */
const LONGEST = 4_096;

function textOf({ text }: VendorResponse): string {
  return text.slice(0, LONGEST);
}

function mentions(answer: VendorResponse, name: string): boolean {
  return new RegExp(`\\b${name.replace(/[^\w]/g, '\\$&')}\\b`, 'i').test(textOf(answer));
}

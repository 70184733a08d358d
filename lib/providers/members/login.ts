import {
  assertionIdentity,
  canonical,
  headersIdentity,
  stepsIdentity,
} from '../../oauth2/account-key.js';
import type { ResponseDefinition } from '../../oauth2/response-definition.js';
import { clientAuthentications } from '../../oauth2/client-authentication.js';
import { grants } from '../../oauth2/grants.js';
import { LIFETIME_FORMATS } from '../../oauth2/lifetime.js';
import type { TokenEndpoint } from '../../oauth2/token-endpoint.js';
import * as credentials from '../checks/credentials.js';
import {
  each,
  either,
  every,
  integerBetween,
  listOf,
  numberBetween,
  object,
  oneOf,
  text,
  unless,
} from '../checks/options.js';
import * as protocol from '../checks/protocol.js';
import * as urls from '../checks/urls.js';
import { isScopeName } from '../checks/values.js';
import { JWT, STANDARD_CREDENTIALS } from './credentials.js';
import type { Member } from './member.js';
import { QUOTA, REQUEST, RESPONSE, STEP } from './requests.js';

const scopes = listOf(
  isScopeName,
  'must be scope names (RFC 6749 §3.3), space-separated or a list',
);

const jwt = object(JWT);
const steps = each(STEP, 'must be requests by name');
const seconds = numberBetween(1, 315_360_000, 'seconds');

/** Members of {@link TokenEndpoint} that are not about a login alone. */
type OtherMember = 'baseURLFrom' | 'origins' | 'refresh' | 'revocation' | 'use';

type LoginMember = Exclude<keyof TokenEndpoint, OtherMember>;

/** Where the token comes from: the requests of a login, their credentials and their response. */
export const LOGIN = {
  tokenEndpoint: {
    doc: 'URL of the token endpoint, a `/path` at the origin of `baseURL`, or a function. Required, except for `self_signed_jwt`.',
    check: urls.tokenEndpoint,
    account: canonical,
    functions: 'login',
    ofTokenRequest: true,
  },
  grantType: {
    doc: 'How a token is obtained. Default `client_credentials`.',
    check: oneOf(Object.keys(grants)),
    account: canonical,
  },
  clientAuthentication: {
    doc: 'How the client authenticates. Default `client_secret_basic`; `none` for grants without a client.',
    check: oneOf(Object.keys(clientAuthentications)),
  },
  ...STANDARD_CREDENTIALS,
  clientAssertion: {
    doc: 'JWT of `private_key_jwt` (RFC 7523 §2.2): how it is made, or a ready-made one.',
    check: credentials.clientAssertion(jwt),
    members: JWT,
    secret: 'strings',
    account: assertionIdentity,
    functions: 'login',
    sent: true,
  },
  assertion: {
    doc: 'Assertion of a bearer grant (RFC 7522, RFC 7523): how it is made, or a ready-made one.',
    check: credentials.assertion(jwt),
    members: JWT,
    secret: 'strings',
    account: assertionIdentity,
    functions: 'login',
    sent: true,
  },
  credentials: {
    doc: 'Credentials that only this vendor has, by names of your own. Default none.',
    check: credentials.credentials,
    secret: 'strings',
    account: 'credential',
    sent: true,
  },
  method: { ...REQUEST.method, ofTokenRequest: true },
  encoding: {
    ...REQUEST.encoding,
    check: every(
      REQUEST.encoding.check,
      unless(
        ({ grantType, body }, encoding) =>
          encoding === 'none' && grantType !== 'custom' && body === undefined,
        'must not be none where the grant has parameters',
      ),
    ),
    ofTokenRequest: true,
  },
  parameters: {
    ...REQUEST.parameters,
    doc: 'Further parameters, such as `audience`; all of them where the grant is `custom`. Default none.',
    check: every(REQUEST.parameters.check, protocol.ownParameters),
    account: canonical,
    functions: 'login',
    sent: true,
    ofTokenRequest: true,
  },
  query: {
    ...REQUEST.query,
    account: canonical,
    functions: 'login',
    sent: true,
    ofTokenRequest: true,
  },
  headers: {
    ...REQUEST.headers,
    check: every(REQUEST.headers.check, protocol.ownHeaders),
    account: headersIdentity,
    functions: 'login',
    sent: true,
    ofTokenRequest: true,
  },
  body: { ...REQUEST.body, functions: 'login', ofTokenRequest: true },
  sign: { ...REQUEST.sign, functions: 'login', ofTokenRequest: true },
  before: {
    doc: 'Requests before the token request of a login, by name, in order. Default none.',
    check: every(protocol.ofLogins, steps),
    each: STEP,
    account: stepsIdentity,
    functions: 'before',
    sent: true,
    ofTokenRequest: true,
  },
  after: {
    doc: 'Requests after the token request of a login. Their responses are in `extra` of the token set. Default none.',
    check: every(protocol.ofLogins, steps),
    each: STEP,
    account: stepsIdentity,
    functions: 'after',
    sent: true,
    ofTokenRequest: true,
  },
  scope: {
    doc: 'Scope to ask for: space-separated, or a list (RFC 6749 §3.3). Default none.',
    check: scopes,
    account: 'target',
  },
  scopeParameter: {
    doc: 'Name of the parameter that carries the scope; `false` for none. Default `scope`.',
    check: either(oneOf([false]), text),
    ofTokenRequest: true,
  },
  scopeSeparator: { doc: 'Separator between scopes. Default a space.', check: text },
  resource: {
    doc: 'Resource indicators (RFC 8707): absolute URIs, space-separated or a list. Default none.',
    check: listOf(
      urls.isResource,
      'must be absolute URIs without a fragment (RFC 8707 §2), space-separated or a list',
    ),
    account: 'target',
    ofTokenRequest: true,
  },
  response: {
    doc: 'Where the token response has what. Default: RFC 6749 §5.1.',
    check: object(RESPONSE),
    members: RESPONSE,
    account: (response) => canonical((response as ResponseDefinition).accessToken),
    ofTokenRequest: true,
  },
  requiredScope: {
    doc: 'Scope names that a token must have: space-separated, or a list. Default none.',
    check: scopes,
    ofTokenRequest: true,
  },
  lifetimeFormat: {
    doc: 'What `expires_in` holds: `seconds`, `milliseconds`, `epoch_seconds`, `epoch_milliseconds`, `date` or `jwt`. Default `seconds`.',
    check: oneOf(LIFETIME_FORMATS),
    ofTokenRequest: true,
  },
  defaultLifetime: {
    doc: 'Lifetime in seconds if the response names none; `Infinity` if tokens never expire. Default 300.',
    check: either(
      oneOf([Infinity]),
      numberBetween(1, 315_360_000, 'seconds', 'Infinity for tokens that never expire'),
    ),
    ofTokenRequest: true,
  },
  maxLifetime: {
    doc: 'Longest lifetime in seconds, whatever the response says. Default: no limit.',
    check: seconds,
    ofTokenRequest: true,
  },
  quota: {
    doc: 'How many requests the vendor allows in a period. Default: no limit is known.',
    check: object(QUOTA),
    members: QUOTA,
    ofTokenRequest: true,
  },
  concurrency: {
    doc: 'How many requests to the vendor may run at the same time, from 1 to 1,000. Default: no limit.',
    check: integerBetween(1, 1_000, 'requests'),
    ofTokenRequest: true,
  },
} satisfies Record<LoginMember, Member>;

import { tryUrl } from '../util/urls.js';
import {
  CREDENTIALS,
  isCredential,
  LONGEST_CREDENTIAL,
  plain,
  type CredentialName,
} from '../oauth2/credentials.js';
import { clientAuthentications } from '../oauth2/client-authentication.js';
import { grants } from '../oauth2/grants.js';
import { LIFETIME_FORMATS } from '../oauth2/lifetime.js';
import { SENT, strayMembersOf } from '../oauth2/stray-members.js';
import { isOfResponse, type TokenUse } from '../oauth2/token-use.js';
import { assertion, clientAssertion } from './assertion-checks.js';
import { axiosProblem } from './axios-problems.js';
import { exclusion } from './exclusions.js';
import { didYouMean } from './did-you-mean.js';
import {
  firstProblem,
  flag,
  integerBetween,
  isFunction,
  isObject,
  listOf,
  numberBetween,
  oneOf,
  text,
  type Check,
  type Checks,
  type Options,
} from './option-checks.js';
import * as endpoints from './endpoint-checks.js';
import * as protocol from './protocol-checks.js';
import { referenceProblem } from './reference-checks.js';
import * as request from './request-checks.js';

/** What is wrong with one option: where, what was expected. Never the value. */
export interface Problem {
  readonly provider: string;
  readonly field: string;
  readonly problem: string;
}

/** What a forgotten environment variable looks like. */
const UNDEFINED = 'its value is undefined, like that of an environment variable that is not set';

const NAME = /^[\w.:-]{1,64}$/;
/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
/** Members that say how a token is asked for. */
const OF_REQUESTS = new Set([
  ...Object.keys(request.REQUEST),
  'tokenEndpoint',
  'before',
  'after',
  'response',
  'refresh',
  'quota',
  'concurrency',
  'scopeParameter',
  'requiredScope',
  'lifetimeFormat',
  'maxLifetime',
  'defaultLifetime',
  'resource',
]);
const scopeList = listOf(
  (scope) => SCOPE.test(scope),
  'must be scope names (RFC 6749 §3.3), space-separated or a list',
);

const lifetime = numberBetween(1, 315_360_000, 'seconds', 'Infinity for tokens that never expire');

const clientAuthentication = oneOf(Object.keys(clientAuthentications));

const CHECKS: Checks = {
  ...request.REQUEST,
  name: (value) =>
    typeof value === 'string' && NAME.test(value)
      ? undefined
      : 'must be 1 to 64 letters, digits or _ . : -',
  tokenEndpoint: endpoints.tokenEndpoint,
  baseURL: endpoints.baseURL,
  baseURLFrom: endpoints.baseURLFrom,
  origins: endpoints.origins,
  grantType: oneOf(Object.keys(grants)),
  clientAuthentication,
  clientAssertion: clientAssertion(credentialProblem),
  assertion: assertion(credentialProblem),
  encoding: (value, definition) =>
    request.REQUEST['encoding']!(value, definition) ??
    (value === 'none' && definition['grantType'] !== 'custom' && definition['body'] === undefined
      ? 'must not be none where the grant has parameters'
      : undefined),
  parameters: (value, definition) =>
    request.parameters(value, definition) ?? protocol.ownParameter(value, definition),
  headers: (value, definition) =>
    request.REQUEST['headers']!(value, definition) ?? protocol.ownHeader(value, definition),
  credentials: (value) =>
    isObject(value) ? firstProblem(value, credentialProblem) : 'must be credentials by name',
  before: ofLogins(request.steps),
  after: ofLogins(request.steps),
  response: request.response,
  use: (value, definition) =>
    request.use(value, definition) ??
    followedRejection(value, definition) ??
    schemeOfNoResponse(value, definition),
  refresh: request.refreshing(clientAuthentication),
  revocation: request.revoking(clientAuthentication),
  revokeOnShutdown: (value, { revocation }) =>
    flag(value) ?? (value && revocation === undefined ? 'needs `revocation`' : undefined),
  revokeReplaced: ofLogins(
    (value, { revocation, singleUse }) =>
      flag(value) ??
      (value && revocation === undefined ? 'needs `revocation`' : undefined) ??
      (value && singleUse === true
        ? 'has no effect on tokens that are good for one request'
        : undefined),
  ),
  quota: request.quota,
  concurrency: integerBetween(1, 1_000, 'requests'),
  scope: scopeList,
  scopeParameter: (value) => (value === false ? undefined : text(value)),
  scopeSeparator: text,
  resource: listOf(
    (uri) => tryUrl(uri) !== undefined && !uri.includes('#') && uri.trim() === uri,
    'must be absolute URIs without a fragment (RFC 8707 §2)',
  ),
  axios: (value, { use }) => {
    const header = isObject(use) ? use['header'] : undefined;
    return axiosProblem(value, typeof header === 'string' ? header : 'Authorization');
  },
  enabled: flag,
  allowInsecureOrigins: flag,
  singleUse: ofLogins(flag),
  subject: isFunction,
  defaultLifetime: (value, definition) =>
    value === Infinity ? undefined : lifetime(value, definition),
  deadline: numberBetween(1, 600_000, 'milliseconds'),
  requiredScope: scopeList,
  lifetimeFormat: oneOf(LIFETIME_FORMATS),
  maxLifetime: numberBetween(1, 315_360_000, 'seconds'),
  refreshWindow: numberBetween(0, 0.9, 'lives'),
  retry: oneOf(['all', 'idempotent', 'none']),
  onTokenSet: isFunction,
  ...Object.fromEntries(CREDENTIALS.map((name) => [name, credentialProblem])),
  refreshToken: (value, definition) =>
    credentialProblem(value) ??
    (protocol.renews(definition)
      ? undefined
      : 'has no effect unless `refresh` says how it is used'),
};

/** A redirect is followed before anybody can judge its status. */
function followedRejection(use: unknown, { axios }: Options): string | undefined {
  const { rejected } = use as TokenUse;
  const redirect = rejected?.status?.find((status) => status >= 300 && status < 400);
  if (redirect === undefined || (isObject(axios) && axios['maxRedirects'] === 0)) return undefined;
  return `must not have ${redirect} in \`rejected.status\`, because redirects are followed; set \`axios: { maxRedirects: 0 }\` if this API answers with no other redirect`;
}

function schemeOfNoResponse(use: unknown, { grantType }: Options): string | undefined {
  return grantType === 'self_signed_jwt' && isOfResponse((use as TokenUse).scheme)
    ? 'has `scheme`, which must be a scheme: there is no response that names one'
    : undefined;
}

/** For what only a login has; `false` says that it is not wanted. */
function ofLogins(check: Check): Check {
  return (value, definition) =>
    definition['grantType'] === 'refresh_token' && value !== false
      ? 'has no effect on a grant that never logs in'
      : check(value, definition);
}

/** Everything that is wrong with a definition. */
export function definitionProblems(definition: unknown, index: number): Problem[] {
  if (typeof definition !== 'object' || definition === null) {
    const problem = 'must be a provider definition';
    return [{ provider: `providers[${index}]`, field: '', problem }];
  }
  const options = definition as Options;
  const { name } = options;
  const provider = typeof name === 'string' && NAME.test(name) ? name : `providers[${index}]`;
  const required = requiredMembers(options);
  const problems = [...new Set([...required, ...Object.keys(options)])].map((field) => ({
    provider,
    field,
    problem: fieldProblem(field, options, required.includes(field)),
  }));
  return problems.filter((found): found is Problem => found.problem !== undefined);
}

function fieldProblem(field: string, options: Options, required: boolean): string | undefined {
  const value = Object.hasOwn(options, field) ? options[field] : undefined;
  if (!Object.hasOwn(CHECKS, field)) return `is no option${didYouMean(field, Object.keys(CHECKS))}`;
  if (value === undefined && !required) return undefined;
  if (value === undefined) {
    return field in options ? `is missing: ${UNDEFINED}` : 'is missing';
  }
  if (options['enabled'] === false && isCredentialName(field)) return undefined;
  if (options['grantType'] === 'self_signed_jwt' && OF_REQUESTS.has(field)) {
    return 'has no effect on a token that no request is made for';
  }
  return (
    CHECKS[field]?.(value, options) ??
    exclusion('definition', field, options) ??
    referenceProblem(field, value, options) ??
    strayEndProblem(field, value)
  );
}

/** A line break that a file had at its end is part of a secret then, and nobody sees it. */
function strayEndProblem(field: string, value: unknown): string | undefined {
  const stray = SENT.has(field) ? strayMembersOf(value, field) : [];
  const found = stray.find(({ end }) => end === 'break');
  if (!found) return undefined;
  const member =
    found.path === field ? '' : `has \`${found.path.slice(field.length + 1)}\`, which `;
  return `${member}begins or ends with a line break or tab, as a file does that \`echo\` has written; trim it where it is read, or write the file with \`printf\``;
}

function requiredMembers(options: Options): string[] {
  const { grantType, baseURLFrom, enabled } = options;
  return [
    'name',
    ...(grantType === 'self_signed_jwt' ? [] : ['tokenEndpoint']),
    ...(baseURLFrom === undefined ? ['baseURL'] : []),
    ...(enabled === false ? [] : protocol.partsOf(options).flatMap(({ needs }) => needs)),
  ];
}

function isCredentialName(field: string): field is CredentialName {
  return (CREDENTIALS as readonly string[]).includes(field);
}

function credentialProblem(value: unknown): string | undefined {
  if (typeof value === 'function') return undefined;
  const text = plain(value);
  if (isCredential(text)) return undefined;
  return text === ''
    ? 'is empty, like an environment variable that is not set'
    : `must be a non-empty string of at most ${LONGEST_CREDENTIAL} characters, or a function that returns one`;
}

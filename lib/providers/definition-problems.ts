import { tryUrl } from '../core/urls.js';
import { CREDENTIALS, plain, type CredentialName } from '../oauth2/credentials.js';
import { clientAuthentications } from '../oauth2/client-authentication.js';
import { grants } from '../oauth2/grants.js';
import { LIFETIME_FORMATS } from '../oauth2/lifetime.js';
import { didYouMean } from './did-you-mean.js';
import {
  flag,
  listOf,
  numberBetween,
  oneOf,
  record,
  type Check,
  type Options,
} from './option-checks.js';
import { urlProblem } from './url-problems.js';

/** What is wrong with one option: where, what was expected. Never the value. */
export interface Problem {
  readonly provider: string;
  readonly field: string;
  readonly problem: string;
}

const NAME = /^[\w.:-]{1,64}$/;
/** RFC 6749 §3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
/** RFC 9110 §5.1 and §5.5. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\x20-\x7e\t]*$/;

/** Parameters that grant and client authentication write themselves. */
const OWN_PARAMETERS = new Set([
  'grant_type',
  'client_id',
  'client_secret',
  'username',
  'password',
  'refresh_token',
  'scope',
  'resource',
]);
const OWN_HEADERS = new Set(['authorization', 'content-type', 'content-length', 'host']);
/** axios options that would undo what the module does. */
const OWN_AXIOS_OPTIONS = new Set(['baseURL', 'url', 'adapter', 'auth', 'socketPath']);

const scopeList = listOf(
  (scope) => SCOPE.test(scope),
  'must be scope names (RFC 6749 §3.3), space-separated or a list',
);

const CHECKS: Readonly<Record<string, Check>> = {
  name: (value) =>
    typeof value === 'string' && NAME.test(value)
      ? undefined
      : 'must be 1 to 64 letters, digits or _ . : -',
  tokenEndpoint: tokenEndpointProblem,
  baseURL: apiUrl,
  origins: (value, definition) =>
    Array.isArray(value)
      ? value.map((url) => apiUrl(url, definition)).find((problem) => problem !== undefined)
      : 'must be a list of URLs',
  grantType: oneOf(Object.keys(grants)),
  clientAuthentication: oneOf(Object.keys(clientAuthentications)),
  encoding: oneOf(['form', 'multipart', 'json']),
  refresh: oneOf(['standard', 'undocumented', 'never']),
  scope: scopeList,
  resource: listOf(
    (uri) => tryUrl(uri) !== undefined && !uri.includes('#'),
    'must be absolute URIs without a fragment (RFC 8707 §2)',
  ),
  parameters: record(
    (name) => name !== '' && !OWN_PARAMETERS.has(name),
    () => true,
    'must be strings by name, and none that grant and client authentication write themselves',
  ),
  headers: record(
    (name) => HEADER_NAME.test(name) && !OWN_HEADERS.has(name.toLowerCase()),
    (value) => HEADER_VALUE.test(value),
    'must be strings by name, without line breaks, and none of Authorization, Content-Type, Content-Length, Host',
  ),
  axios: axiosProblem,
  enabled: flag,
  allowInsecureOrigins: flag,
  defaultLifetime: numberBetween(1, 315_360_000, 'seconds'),
  deadline: numberBetween(1, 600_000, 'milliseconds'),
  requiredScope: scopeList,
  lifetimeFormat: oneOf(LIFETIME_FORMATS),
  maxLifetime: numberBetween(1, 315_360_000, 'seconds'),
  refreshWindow: numberBetween(0, 0.9, 'lives'),
  replay: oneOf(['all', 'idempotent', 'none']),
  onTokenSet: (value) => (typeof value === 'function' ? undefined : 'must be a function'),
  ...Object.fromEntries(CREDENTIALS.map((name) => [name, credentialProblem])),
};

const REQUIRED = ['name', 'tokenEndpoint', 'baseURL'];

/** Everything that is wrong with a definition. */
export function definitionProblems(definition: unknown, index: number): Problem[] {
  if (typeof definition !== 'object' || definition === null) {
    const problem = 'must be a provider definition';
    return [{ provider: `providers[${index}]`, field: '', problem }];
  }
  const options = definition as Options;
  const { name } = options;
  const provider = typeof name === 'string' && NAME.test(name) ? name : `providers[${index}]`;
  const needed = options['enabled'] === false ? [] : neededCredentials(options);
  const problems = [...new Set([...REQUIRED, ...needed, ...Object.keys(options)])].map((field) => ({
    provider,
    field,
    problem: fieldProblem(field, options, REQUIRED.includes(field) || needed.includes(field)),
  }));
  return problems.filter((found): found is Problem => found.problem !== undefined);
}

function fieldProblem(field: string, options: Options, required: boolean): string | undefined {
  const value = Object.hasOwn(options, field) ? options[field] : undefined;
  if (!Object.hasOwn(CHECKS, field)) return `is no option${didYouMean(field, Object.keys(CHECKS))}`;
  if (value === undefined) return required ? 'is missing' : undefined;
  if (options['enabled'] === false && isCredential(field)) return undefined;
  return CHECKS[field]?.(value, options);
}

/** Grant and client authentication say themselves what they are made of. */
function neededCredentials(options: Options): string[] {
  const grant = Object.entries(grants).find(
    ([type]) => type === (options['grantType'] ?? 'client_credentials'),
  );
  const method = Object.entries(clientAuthentications).find(
    ([name]) => name === (options['clientAuthentication'] ?? 'client_secret_basic'),
  );
  return [...(grant?.[1].needs ?? []), ...(method?.[1].needs ?? [])];
}

function isCredential(field: string): field is CredentialName {
  return (CREDENTIALS as readonly string[]).includes(field);
}

function credentialProblem(value: unknown): string | undefined {
  if (typeof value === 'function') return undefined;
  const text = plain(value);
  return typeof text === 'string' && text.trim() !== ''
    ? undefined
    : 'must be a non-empty string, or a function that returns one';
}

function tokenEndpointProblem(value: unknown, { allowInsecureOrigins }: Options) {
  if (typeof value === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(value)) return undefined;
  const problem = urlProblem(value, { allowInsecure: allowInsecureOrigins === true, query: true });
  return problem && `${problem}, or a path that begins with one slash`;
}

function apiUrl(value: unknown, { allowInsecureOrigins }: Options): string | undefined {
  return urlProblem(value, { allowInsecure: allowInsecureOrigins === true, query: false });
}

/** What is wrong with axios options, of a provider or of the module. */
export function axiosProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'must be an object of axios options';
  const own = Object.keys(value).find((option) => OWN_AXIOS_OPTIONS.has(option));
  if (own) return `must not set \`${own}\`, which is the module's own`;
  const headers: unknown = (value as Options)['headers'];
  const buckets: unknown[] = [headers, ...(Object.values(headers ?? {}) as unknown[])];
  const authorized = buckets.some(
    (bucket) =>
      typeof bucket === 'object' &&
      bucket !== null &&
      Object.keys(bucket).some((name) => name.toLowerCase() === 'authorization'),
  );
  return authorized ? "must not set `headers.Authorization`, which is the module's own" : undefined;
}

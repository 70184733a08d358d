import { failureIn } from './definition-functions.js';
import type { ErrorMeaning, ResponseDefinition } from './response-definition.js';
import { allFrom, readFrom, readMember } from './selector.js';
import type { VendorResponse } from './vendor-response.js';

/** The parts of a refusal that decide what to do next. */
export interface Refusal {
  readonly response: VendorResponse;
  /** The error code as the vendor sent it. */
  readonly code: unknown;
}

/** RFC 6749 §5.2 errors about the credentials, not about the request. */
const CREDENTIAL_ERRORS = [
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'access_denied',
];

/** RFC 6749 §4.1.2.1 errors that say that the server has a problem, whatever the status. */
const PASSING_ERRORS = ['temporarily_unavailable', 'server_error'];

/** RFC 6749 §5.2, RFC 7009 §2.2.1 and RFC 8707 §2. */
const OTHER_ERRORS = [
  'invalid_request',
  'invalid_scope',
  'unsupported_grant_type',
  'invalid_target',
  'unsupported_token_type',
];

const RFC_ERRORS = new Set([...CREDENTIAL_ERRORS, ...PASSING_ERRORS, ...OTHER_ERRORS]);

/** Whether the RFCs define an error code. Such a code is not a secret. */
export function isRfcError(code: unknown): code is string {
  return typeof code === 'string' && RFC_ERRORS.has(code);
}

/**
 * What a refusal means: may the same request succeed soon (`transient`, `throttled`) or not? The first row that fits
 * decides. `docs/errors.md` has the same table in words.
 */
const MEANINGS: readonly (readonly [ErrorMeaning, (refusal: Refusal) => boolean])[] = [
  ['throttled', ({ response }) => response.status === 429],
  ['throttled', ({ response }) => response.status === 403 && isRateLimited(response)],
  ['transient', ({ response: { status } }) => status >= 500 || status === 408 || status === 425],
  ['transient', ({ code }) => PASSING_ERRORS.includes(code as string)],
  ['credentials', ({ response }) => response.status === 401],
  ['credentials', ({ code }) => CREDENTIAL_ERRORS.includes(code as string)],
];

/** What a refusal means: as the definition declares it, or else by status and RFC error code. */
export function meaningOf(refusal: Refusal, mapping: ResponseDefinition): ErrorMeaning {
  const declared = declaredMeaning(refusal, mapping);
  return declared ?? MEANINGS.find(([, fits]) => fits(refusal))?.[0] ?? 'permanent';
}

/**
 * Whether a refusal is evidence that the grant itself is no longer valid. Only then is a refresh token given up. The
 * evidence is `invalid_grant` (RFC 6749 §5.2), or a code or status that the definition declares as `credentials`.
 */
export function refusesGrant(refusal: Refusal, mapping: ResponseDefinition): boolean {
  const declared = declaredMeaning(refusal, mapping);
  return declared ? declared === 'credentials' : refusal.code === 'invalid_grant';
}

/** The declared meaning of the error code, or else of the status. */
function declaredMeaning(
  { code, response: { status } }: Refusal,
  { errors = {}, statuses = {} }: ResponseDefinition,
): ErrorMeaning | undefined {
  const isCode = typeof code === 'string' || typeof code === 'number';
  if (isCode && Object.hasOwn(errors, code)) return errors[code];
  return Object.hasOwn(statuses, status) ? statuses[status] : undefined;
}

/** Headers that say how many requests are left: those of several drafts, and those that servers use. */
const REMAINING = [
  'x-ratelimit-remaining',
  'x-rate-limit-remaining',
  'ratelimit-remaining',
] as const;

/** The combined header of the later drafts: `limit=100, remaining=0` or `"default";r=0;t=30`. */
const NONE_REMAINING = /(?:^|[\s,;])(?:remaining|r)=0(?:$|[\s,;])/;

/** Whether a refusal is about the number of requests, so that waiting helps. */
function isRateLimited({ headers }: VendorResponse): boolean {
  if (headers['retry-after'] !== undefined) return true;
  if (REMAINING.some((name) => headers[name]?.trim() === '0')) return true;
  return NONE_REMAINING.test(headers['ratelimit'] ?? '');
}

const DESCRIPTIONS = ['error_description', 'message', 'msg', 'errmsg'];

/**
 * The error code and text of a refusal. A selector that fails must not hide the status, so it becomes a note.
 *
 * @param path where the selectors are in the definition
 */
export function errorIn(
  response: VendorResponse,
  mapping: ResponseDefinition,
  path: string,
): { readonly code: unknown; readonly message: unknown; readonly notes: string } {
  const notes: string[] = [];
  const read = <T>(reading: () => T): T | undefined => {
    try {
      return reading();
    } catch (error) {
      const { member, what } = failureIn(path, error);
      notes.push(` \`${member}\` of the definition ${what}.`);
      return undefined;
    }
  };
  const { error = 'error', errorDescription = DESCRIPTIONS } = mapping;
  const codes = read(() => allFrom(response, error, `${path}.error`)) ?? [];
  const message = read(() => readMember(response, errorDescription, `${path}.errorDescription`));
  return { code: decisiveCode(codes, mapping), message, notes: notes.join('') };
}

/** The code that decides if a response has several: one that the definition declares, or else one of an RFC. */
function decisiveCode(codes: readonly unknown[], { errors = {} }: ResponseDefinition): unknown {
  const isDeclared = (code: unknown) =>
    (typeof code === 'string' || typeof code === 'number') && Object.hasOwn(errors, code);
  return codes.find(isDeclared) ?? codes.find(isRfcError) ?? codes[0];
}

/** The tokens in a refusal, which must not be printed. Most refusals have none, and a selector may then fail. */
export function tokensIn(response: VendorResponse, mapping: ResponseDefinition): string[] {
  const { accessToken = 'access_token', refreshToken = 'refresh_token' } = mapping;
  return [accessToken, refreshToken].flatMap((selector) => {
    try {
      const token = readFrom(response, selector);
      return typeof token === 'string' ? [token] : [];
    } catch {
      return [];
    }
  });
}

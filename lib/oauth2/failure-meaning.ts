import type { ResponseDefinition, ErrorMeaning } from './answer-definition.js';
import type { VendorResponse } from './answer.js';

/** A refusal, as far as it decides what to do next. */
export interface Refusal {
  readonly answer: VendorResponse;
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
 * What a refusal means: may the same request succeed soon (`transient`, `throttled`) or not? The first
 * row that fits decides. `docs/errors.md` has the same table in words.
 */
const MEANINGS: readonly (readonly [ErrorMeaning, (refusal: Refusal) => boolean])[] = [
  ['throttled', ({ answer }) => answer.status === 429],
  ['throttled', ({ answer }) => answer.status === 403 && isRateLimited(answer)],
  ['transient', ({ answer: { status } }) => status >= 500 || status === 408 || status === 425],
  ['transient', ({ code }) => PASSING_ERRORS.includes(code as string)],
  ['credentials', ({ answer }) => answer.status === 401],
  ['credentials', ({ code }) => CREDENTIAL_ERRORS.includes(code as string)],
];

/** What a refusal means: as the definition declares it, or else by status and RFC error code. */
export function meaningOf(refusal: Refusal, places: ResponseDefinition): ErrorMeaning {
  const declared = declaredMeaning(refusal, places);
  return declared ?? MEANINGS.find(([, fits]) => fits(refusal))?.[0] ?? 'permanent';
}

/**
 * Whether a refusal is evidence that the grant itself is no longer good: a refresh token is given up for
 * nothing else. Only `invalid_grant` is (RFC 6749 §5.2), and a code or status that the definition declares as
 * `credentials`.
 */
export function refusesGrant(refusal: Refusal, places: ResponseDefinition): boolean {
  const declared = declaredMeaning(refusal, places);
  return declared ? declared === 'credentials' : refusal.code === 'invalid_grant';
}

/** The code that decides, where an answer has several: one that the definition declares, or else one of an RFC. */
export function tellingCode(
  codes: readonly unknown[],
  { errors = {} }: ResponseDefinition,
): unknown {
  const isDeclared = (code: unknown) =>
    (typeof code === 'string' || typeof code === 'number') && Object.hasOwn(errors, code);
  return codes.find(isDeclared) ?? codes.find(isRfcError) ?? codes[0];
}

/** The meaning of its error code, or else of its status. */
function declaredMeaning(
  { code, answer: { status } }: Refusal,
  { errors = {}, statuses = {} }: ResponseDefinition,
): ErrorMeaning | undefined {
  const isCode = typeof code === 'string' || typeof code === 'number';
  if (isCode && Object.hasOwn(errors, code)) return errors[code];
  return Object.hasOwn(statuses, status) ? statuses[status] : undefined;
}

/** Headers that say how many requests are left, with the drafts and habits that are in use. */
const REMAINING = [
  'x-ratelimit-remaining',
  'x-rate-limit-remaining',
  'ratelimit-remaining',
] as const;

/** The combined header of the later drafts: `limit=100, remaining=0` or `"default";r=0;t=30`. */
const NONE_REMAINING = /(?:^|[\s,;])(?:remaining|r)=0(?:$|[\s,;])/;

/** Whether a refusal says that it is about the number of requests, and so passes by itself. */
function isRateLimited({ headers }: VendorResponse): boolean {
  if (headers['retry-after'] !== undefined) return true;
  if (REMAINING.some((name) => headers[name]?.trim() === '0')) return true;
  return NONE_REMAINING.test(headers['ratelimit'] ?? '');
}

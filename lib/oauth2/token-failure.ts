import { OAuth2ClientError, type OAuth2ErrorCode } from '../core/errors.js';
import { parseDate } from '../util/dates.js';
import { printable } from '../util/redaction.js';
import { shownUrl } from '../util/urls.js';
import { connectionFailure } from './connection-failure.js';
import { failureIn } from './definition-functions.js';
import { errorIn, isRfcError, meaningOf, refusesGrant, tokensIn } from './failure-meaning.js';
import { explanationOf } from './refusal-hints.js';
import type { RequestSummary } from './request-summary.js';
import type { ErrorMeaning, ResponseDefinition } from './response-definition.js';
import type { Useless } from './token-problem.js';
import type { TransportError } from './transport.js';
import type { LimitReached } from './vendor-queue.js';
import {
  clockSkew,
  memberPaths,
  membersOf,
  oddBody,
  type VendorResponse,
} from './vendor-response.js';

/** What the errors of one request have in common. */
export interface FailureContext {
  readonly provider: string;
  /** What the request was sent to, such as `The token endpoint`. */
  readonly what: string;
  readonly url: string;
  readonly summary: RequestSummary;
  /** Everything secret that the request carried: masked wherever the vendor repeats it. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch, for a `Retry-After` that is a date. */
  readonly now: number;
  readonly mapping: ResponseDefinition | undefined;
  /** The request carries something that a server may count, such as a password. A refusal may lock the account. */
  readonly isCareful: boolean;
}

/** With these statuses the server says that it has not looked at the request. */
const UNEVALUATED_STATUS = new Set([429, 503]);

/** No complete response arrived. */
export function unreachable(context: FailureContext, error: TransportError): OAuth2ClientError {
  const { provider, url, summary } = context;
  return new OAuth2ClientError({ provider, ...connectionFailure(error, url, summary) });
}

/** The response is 2xx, but has no token that can be used. */
export function unreadable(
  context: FailureContext,
  response: VendorResponse,
  { reason, hint, retryable, secrets = [] }: Useless,
): OAuth2ClientError {
  const { what, summary, provider } = context;
  const hidden = [...context.secrets, ...secrets];
  const isOdd = oddBody(response) !== undefined;
  const paths = isOdd ? undefined : memberPaths(response, hidden);
  const to = isOdd ? ` to \`${summary.urlMember}: '${summary.url}'\`` : '';
  const members = paths ? ` Its body has ${paths}.` : '';
  const check = isOdd
    ? `Check that \`${summary.urlMember}\` is the URL of the token endpoint.`
    : `Check \`${summary.responseMember}\`, which says where a response has what.`;
  return new OAuth2ClientError({
    provider,
    code: 'TOKEN_RESPONSE_INVALID',
    stage: 'token response',
    reason: `${what} answered ${response.status}${to}, but ${reason}.`,
    hint: hint ?? `${check}${members}`,
    status: response.status,
    retryable,
    mayLockAccount: context.isCareful && !retryable,
  });
}

/**
 * The error for a function of the definition that failed to read a response. If the body is a page of a proxy, it may
 * be gone the next time.
 */
export function unread(
  context: FailureContext,
  response: VendorResponse,
  error: unknown,
): OAuth2ClientError {
  const { member, what } = failureIn(context.summary.responseMember, error);
  const reason = `\`${member}\` of the definition ${what}`;
  const retryable = membersOf(response.body) === undefined;
  return unreadable(context, response, { reason, retryable });
}

/** The response is an error: as in RFC 6749 §5.2, or as the definition says. */
export function refused(request: FailureContext, response: VendorResponse): OAuth2ClientError {
  const { status } = response;
  const { mapping = {}, summary } = request;
  const context = { ...request, secrets: [...request.secrets, ...tokensIn(response, mapping)] };
  const { code, message, notes } = errorIn(response, mapping, summary.responseMember);
  const error = errorCode(context, code);
  const errorDescription = text(context, message);
  const meaning = meaningOf({ response, code }, mapping);
  const retryable = meaning === 'transient' || meaning === 'throttled';
  const skew = clockSkew(response, context.now) ?? 0;
  const { about, hint } = explanationOf({ response, meaning, code, skew }, summary);
  const words = [error, errorDescription].filter((part) => part !== undefined).join(': ');
  return new OAuth2ClientError({
    provider: context.provider,
    code: CODES[meaning],
    stage: 'token request',
    reason: `${reasonOf(context, response, about, words)}${notes}`,
    hint: words ? hint : `${hint}${membersNote(context, response)}`,
    status,
    error,
    errorDescription,
    retryable,
    grantRefused: refusesGrant({ response, code }, mapping),
    mayLockAccount: context.isCareful && !retryable,
    retryAfter: retryAfter(response.headers['retry-after'], context.now),
    evaluated: !UNEVALUATED_STATUS.has(status) && meaning !== 'throttled',
  });
}

/** A limit of the definition allows no request before the deadline, so none was sent. */
export function limitReached(
  { provider }: FailureContext,
  { limit, retryAfter }: LimitReached,
): OAuth2ClientError {
  return new OAuth2ClientError({
    ...LIMITS[limit],
    provider,
    code: 'THROTTLED',
    stage: 'token request',
    retryable: true,
    retryAfter,
    evaluated: false,
  });
}

const LIMITS: Readonly<Record<LimitReached['limit'], { reason: string; hint: string }>> = {
  quota: {
    reason: 'The quota of the token endpoint is used up.',
    hint: 'Repeat the call later, or correct `quota` in the definition if the vendor allows more requests.',
  },
  concurrency: {
    reason:
      'The request waited for others because of `concurrency`, and could not be sent before its deadline.',
    hint: 'Repeat the call later, or raise `concurrency` in the definition if the vendor allows more requests at once.',
  },
};

const CODES: Readonly<Record<ErrorMeaning, OAuth2ErrorCode>> = {
  permanent: 'TOKEN_REQUEST_REJECTED',
  credentials: 'CREDENTIALS_REJECTED',
  transient: 'TOKEN_ENDPOINT_UNAVAILABLE',
  throttled: 'THROTTLED',
};

/** @param words error code and text, if the vendor sent any */
function reasonOf(
  context: FailureContext,
  response: VendorResponse,
  about: string,
  words: string,
): string {
  return [
    `${context.what} answered ${response.status}`,
    response.status < 300 ? ' with an error' : '',
    about && ` to ${about}`,
    words ? ` (${words})` : shapeNote(response),
    redirectNote(response, context.secrets),
    '.',
  ].join('');
}

function shapeNote(response: VendorResponse): string {
  const odd = oddBody(response);
  return odd === undefined ? '' : ` with ${odd}`;
}

function redirectNote({ status, headers }: VendorResponse, secrets: readonly string[]): string {
  if (status < 300 || status >= 400) return '';
  const { location } = headers;
  const target = location ? ` to ${shownUrl(location, secrets)}` : '';
  return `, a redirect${target}, which is never followed`;
}

/** Helps to find the error text of a vendor that has it in other members. */
function membersNote({ summary, secrets }: FailureContext, response: VendorResponse): string {
  const paths = memberPaths(response, secrets);
  const { responseMember: path } = summary;
  if (paths === undefined || path === '') return '';
  return ` Its body has ${paths}. If one of them has the reason, name it in \`${path}.error\` or \`${path}.errorDescription\`.`;
}

/** The codes of the RFCs are public, even if a password is a part of one. */
function errorCode(context: FailureContext, value: unknown): string | undefined {
  return isRfcError(value) ? value : text(context, value);
}

function text(context: FailureContext, value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return printable(String(value), context.secrets) || undefined;
}

/** Seconds: a year. A server that names more does not mean it. */
const LONGEST_RETRY_AFTER = 31_536_000;

/** RFC 9110 §10.2.3: seconds or a date. Anything else is ignored. */
function retryAfter(header: string | undefined, now: number): number | undefined {
  const value = header?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value), LONGEST_RETRY_AFTER);
  const date = parseDate(value);
  if (date === undefined) return undefined;
  return Math.min(Math.max(0, Math.ceil((date - now) / 1_000)), LONGEST_RETRY_AFTER);
}

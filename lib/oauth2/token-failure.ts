import { OAuth2ClientError, type OAuth2ErrorCode } from '../core/errors.js';
import { parseDate } from '../util/dates.js';
import { printable } from '../util/redaction.js';
import { shownUrl } from '../util/urls.js';
import type { ResponseDefinition, ErrorMeaning } from './answer-definition.js';
import { membersOf, type VendorResponse } from './answer.js';
import { memberPaths, oddBody } from './answer-shape.js';
import type { Asked } from './asked.js';
import { clockSkew } from './clock-skew.js';
import { connectionFailure } from './connection-failure.js';
import { failureIn } from './definition-functions.js';
import { isRfcError, meaningOf, refusesGrant } from './failure-meaning.js';
import { explanationOf } from './refusal-hints.js';
import type { TransportError } from './transport.js';
import type { NoTurn } from './vendor-queue.js';
import { tokensIn, vendorsWords } from './vendors-words.js';

/** What the errors of one token request have in common. */
export interface FailureContext {
  readonly provider: string;
  /** What was asked, such as `The token endpoint`. */
  readonly what: string;
  readonly url: string;
  readonly asked: Asked;
  /** Everything secret that the request carried: masked wherever the vendor repeats it. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch, for a `Retry-After` that is a date. */
  readonly now: number;
  /** Where the answer has what. */
  readonly places: ResponseDefinition | undefined;
  /** The request carries what a server may count, such as a password: a refusal may lock the account. */
  readonly isCareful: boolean;
}

/** The server says that it will not look at the request now. */
const UNEVALUATED_STATUS = new Set([429, 503]);

/** No whole answer came. */
export function unreachable(context: FailureContext, error: TransportError): OAuth2ClientError {
  const { provider, url, asked } = context;
  return new OAuth2ClientError({ provider, ...connectionFailure(error, url, asked) });
}

/** What is wrong with a response that is 2xx, and yet has no token. */
export interface Useless {
  readonly reason: string;
  /** What to do about it. Default: what its members suggest. */
  readonly hint?: string | undefined;
  readonly retryable: boolean;
  /** What the response holds that must not be printed. */
  readonly secrets?: readonly string[] | undefined;
}

/** The answer is 2xx, and yet there is no token in it. */
export function unreadable(
  context: FailureContext,
  answer: VendorResponse,
  { reason, hint, retryable, secrets = [] }: Useless,
): OAuth2ClientError {
  const { what, asked, provider } = context;
  const hidden = [...context.secrets, ...secrets];
  const odd = oddBody(answer);
  const paths = odd === undefined ? memberPaths(answer, hidden) : undefined;
  const place = odd === undefined ? '' : ` to \`${asked.urlMember}: '${asked.url}'\``;
  const members = paths ? ` Its body has ${paths}.` : '';
  const check =
    odd === undefined
      ? `Check \`${asked.answerMember}\`, which says where a response has what.`
      : `Check that \`${asked.urlMember}\` is the URL of the token endpoint.`;
  return new OAuth2ClientError({
    provider,
    code: 'TOKEN_RESPONSE_INVALID',
    stage: 'token response',
    reason: `${what} answered ${answer.status}${place}, but ${reason}.`,
    hint: hint ?? `${check}${members}`,
    status: answer.status,
    retryable,
    mayLockAccount: context.isCareful && !retryable,
  });
}

/**
 * Reads an answer with functions of the definition, which may fail like any code. A function may fail because the
 * body is a page of some proxy, which may be gone the next time.
 */
export function reading<T>(context: FailureContext, answer: VendorResponse, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { member, what } = failureIn(context.asked.answerMember, error);
    const reason = `\`${member}\` of the definition ${what}`;
    const retryable = membersOf(answer.body) === undefined;
    throw unreadable(context, answer, { reason, retryable });
  }
}

/** The answer is an error: of RFC 6749 §5.2, of the vendor's own making, or of something between. */
export function refused(asked: FailureContext, answer: VendorResponse): OAuth2ClientError {
  const { status } = answer;
  const places = asked.places ?? {};
  const context = { ...asked, secrets: [...asked.secrets, ...tokensIn(answer, places)] };
  const { code, message, notes } = vendorsWords(answer, places, asked.asked.answerMember);
  const error = errorCode(context, code);
  const errorDescription = text(context, message);
  const meaning = meaningOf({ answer, code }, places);
  const retryable = meaning === 'transient' || meaning === 'throttled';
  const skew = clockSkew(answer, context.now) ?? 0;
  const { about, hint } = explanationOf({ answer, meaning, code, skew }, context.asked);
  const told = [error, errorDescription].filter((part) => part !== undefined).join(': ');
  return new OAuth2ClientError({
    provider: context.provider,
    code: CODES[meaning],
    stage: 'token request',
    reason: `${reasonOf(context, answer, about, told)}${notes}`,
    hint: told ? hint : `${hint}${membersNote(context, answer)}`,
    status,
    error,
    errorDescription,
    retryable,
    grantRefused: refusesGrant({ answer, code }, places),
    mayLockAccount: asked.isCareful && !retryable,
    retryAfter: retryAfter(answer.headers['retry-after'], context.now),
    evaluated: !UNEVALUATED_STATUS.has(status) && meaning !== 'throttled',
  });
}

/** The definition allows no more requests within the deadline of this one; none is made. */
export function noTurn(context: FailureContext, { limit, retryAfter }: NoTurn): OAuth2ClientError {
  const isQuota = limit === 'quota';
  return new OAuth2ClientError({
    provider: context.provider,
    code: 'THROTTLED',
    stage: 'token request',
    reason: isQuota
      ? 'The quota of the token endpoint is used up.'
      : 'The request had to wait for others, because of `concurrency`, and did not get its turn within the deadline.',
    hint: isQuota
      ? 'Repeat the call later, or correct `quota` in the definition if the vendor allows more requests.'
      : 'Repeat the call later, or raise `concurrency` in the definition if the vendor allows more requests at once.',
    retryable: true,
    retryAfter,
    evaluated: false,
  });
}

const CODES: Readonly<Record<ErrorMeaning, OAuth2ErrorCode>> = {
  permanent: 'TOKEN_REQUEST_REJECTED',
  credentials: 'CREDENTIALS_REJECTED',
  transient: 'TOKEN_ENDPOINT_UNAVAILABLE',
  throttled: 'THROTTLED',
};

function reasonOf(
  context: FailureContext,
  answer: VendorResponse,
  about: string,
  told: string,
): string {
  return [
    `${context.what} answered ${answer.status}`,
    answer.status < 300 ? ' with an error' : '',
    about && ` to ${about}`,
    told ? ` (${told})` : shapeNote(answer),
    redirectNote(answer, context.secrets),
    '.',
  ].join('');
}

function shapeNote(answer: VendorResponse): string {
  const odd = oddBody(answer);
  return odd === undefined ? '' : ` with ${odd}`;
}

function redirectNote({ status, headers }: VendorResponse, secrets: readonly string[]): string {
  if (status < 300 || status >= 400) return '';
  const { location } = headers;
  const place = location ? ` to ${shownUrl(location, secrets)}` : '';
  return `, a redirect${place}, which is never followed`;
}

/** For a vendor that does not say what is wrong where it is expected. */
function membersNote({ asked, secrets }: FailureContext, answer: VendorResponse): string {
  const paths = memberPaths(answer, secrets);
  if (paths === undefined || asked.answerMember === '') return '';
  return ` Its body has ${paths}: name what says the reason in \`${asked.answerMember}.error\` and \`${asked.answerMember}.errorDescription\`.`;
}

/** The codes of RFC 6749 are nobody's secret, though a password may be a part of one. */
function errorCode(context: FailureContext, value: unknown): string | undefined {
  return isRfcError(value) ? value : text(context, value);
}

function text(context: FailureContext, value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return printable(String(value), context.secrets) || undefined;
}

/** Seconds: a year. No more is meant, however many digits there are. */
const LONGEST_RETRY_AFTER = 31_536_000;

/** RFC 9110 §10.2.3: seconds or a date; anything else counts as not said. */
function retryAfter(header: string | undefined, now: number): number | undefined {
  const value = header?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value), LONGEST_RETRY_AFTER);
  const date = parseDate(value);
  if (date === undefined) return undefined;
  return Math.min(Math.max(0, Math.ceil((date - now) / 1_000)), LONGEST_RETRY_AFTER);
}

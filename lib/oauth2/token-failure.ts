import {
  OAuth2ClientError,
  type OAuth2ErrorCode,
  type OAuth2ErrorDetails,
} from '../core/errors.js';
import { parseDate } from '../core/dates.js';
import { printable } from '../core/redaction.js';
import type { AnswerDefinition, ErrorMeaning } from './answer-definition.js';
import { membersOf, type Answer } from './answer.js';
import { isRfcError, meaningOf, refusesGrant } from './failure-meaning.js';
import { failureIn } from './definition-functions.js';
import { ANSWER_TOO_LARGE, NOT_SENT, type TransportError } from './transport.js';
import type { NoTurn } from './vendor-queue.js';
import { tokensIn, vendorsWords } from './vendors-words.js';

/** What the errors of one token request have in common. */
export interface FailureContext {
  readonly provider: string;
  /** What was asked, such as `The token endpoint`. */
  readonly what: string;
  readonly url: string;
  /** Everything secret that the request carried: masked wherever the vendor repeats it. */
  readonly secrets: readonly string[];
  /** Milliseconds since the epoch, for a `Retry-After` that is a date. */
  readonly now: number;
  /** Where the answer has what. */
  readonly places: AnswerDefinition | undefined;
  /** Where in the definition that stands, such as `answer`. */
  readonly answerPath: string;
  /** The request carries what a server may count, such as a password: a refusal may lock the account. */
  readonly isCareful: boolean;
}

/** Network failures that happen before the request has left this machine. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/** The certificate of the server is not accepted: nothing was sent, and trying again does not change that. */
const CERTIFICATE_ERROR =
  /^(CERT_|UNABLE_TO_(GET|VERIFY)_|(DEPTH_ZERO_)?SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID$|HOSTNAME_MISMATCH$)/;

/** The server says that it will not look at the request now. */
const UNEVALUATED_STATUS = new Set([429, 503]);

const HINTS: Partial<Record<OAuth2ErrorCode, string>> = {
  CREDENTIALS_REJECTED:
    'Check the credentials of this provider, and that `tokenEndpoint` is that of the same environment.',
  TOKEN_REQUEST_REJECTED:
    'Check the credentials and the definition of this provider against the page of the vendor.',
  TOKEN_RESPONSE_INVALID:
    'Check `answer` and `use.scheme` of the definition, and that `tokenEndpoint` is the URL of the token endpoint.',
  TOKEN_ENDPOINT_UNAVAILABLE: 'The vendor has a problem; the call may be repeated later.',
  THROTTLED: 'The vendor asks for fewer token requests; the call may be repeated later.',
};

/** No whole answer came. */
export function unreachable(context: FailureContext, error: TransportError): OAuth2ClientError {
  const { host } = new URL(context.url);
  const code = printable(error.code, [], 60);
  if (error.code === ANSWER_TOO_LARGE) {
    return failure(context, {
      code: 'TOKEN_RESPONSE_INVALID',
      stage: 'token response',
      reason: `The answer of ${host} is larger than any token set.`,
    });
  }
  if (error.code === NOT_SENT) {
    return failure(context, {
      code: 'TOKEN_REQUEST_TIMEOUT',
      stage: 'token request',
      reason: `The request to ${host} was not sent: this process was stopped for so long that another instance may have renewed the token meanwhile.`,
      hint: 'Repeat the call: it looks into the shared store for a newer token first.',
      retryable: true,
      evaluated: false,
    });
  }
  if (CERTIFICATE_ERROR.test(code)) {
    return failure(context, {
      code: 'TOKEN_ENDPOINT_UNREACHABLE',
      stage: 'token request',
      reason: `The certificate of ${host} is not accepted (${code}), so nothing was sent.`,
      hint: 'Trust its authority by `axios: { httpsAgent }` of the provider or by NODE_EXTRA_CA_CERTS, or correct `tokenEndpoint`.',
      evaluated: false,
    });
  }
  return failure(context, {
    code: 'TOKEN_ENDPOINT_UNREACHABLE',
    stage: 'token request',
    reason: `No answer from ${host} (${code}).`,
    hint: 'Check the host name, the network and the proxy, and that `tokenEndpoint` speaks https.',
    retryable: true,
    evaluated: !NEVER_SENT.has(error.code),
  });
}

/** The answer is 2xx, and yet there is no token in it. */
export function unreadable(
  context: FailureContext,
  answer: Answer,
  reason: string,
  retryable: boolean,
): OAuth2ClientError {
  return failure(context, {
    code: 'TOKEN_RESPONSE_INVALID',
    stage: 'token response',
    reason: `${context.what} answered ${answer.status}, but ${reason}.`,
    status: answer.status,
    retryable,
    mayLockAccount: context.isCareful && !retryable,
  });
}

/**
 * Reads an answer with functions of the definition, which may fail like any code. A function may fail because the
 * body is a page of some proxy, which may be gone the next time.
 */
export function reading<T>(context: FailureContext, answer: Answer, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { member, what } = failureIn(context.answerPath, error);
    const reason = `\`${member}\` of the definition ${what}`;
    throw unreadable(context, answer, reason, membersOf(answer.body) === undefined);
  }
}

/** The answer is an error: of RFC 6749 §5.2, of the vendor's own making, or of something between. */
export function refused(asked: FailureContext, answer: Answer): OAuth2ClientError {
  const { status } = answer;
  const places = asked.places ?? {};
  const context = { ...asked, secrets: [...asked.secrets, ...tokensIn(answer, places)] };
  const { code, message, notes } = vendorsWords(answer, places, asked.answerPath);
  const error = errorCode(context, code);
  const errorDescription = text(context, message);
  const meaning = meaningOf({ answer, code }, places);
  const retryable = meaning === 'transient' || meaning === 'throttled';
  const told = [error, errorDescription].filter((part) => part !== undefined).join(': ');
  return failure(context, {
    code: CODES[meaning],
    stage: 'token request',
    reason: `${context.what} answered ${status}${told && ` (${told})`}${redirectNote(status)}.${notes}`,
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
  return failure(context, {
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

function redirectNote(status: number): string {
  return status >= 300 && status < 400 ? ', a redirect, which is never followed' : '';
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

type Details = Omit<OAuth2ErrorDetails, 'provider' | 'hint'> & { hint?: string };

function failure(context: FailureContext, details: Details): OAuth2ClientError {
  const hint = details.hint ?? HINTS[details.code] ?? '';
  return new OAuth2ClientError({ ...details, provider: context.provider, hint });
}

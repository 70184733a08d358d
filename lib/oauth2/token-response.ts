import type { Instant } from '../core/clock.js';
import { isSendable, NO_ACCESS_TOKEN, TokenSet, type TokenSetFields } from '../core/token-set.js';
import type { AnswerDefinition } from './answer-definition.js';
import { membersOf, type Answer } from './answer.js';
import type { LifetimeDoubt } from '../core/events.js';
import { doubtOf } from './lifetime-doubt.js';
import {
  endOfLife,
  limited,
  saidLifetime,
  toldEnd,
  toNumber,
  type LifetimeOptions,
} from './lifetime.js';
import { extraOf, REFRESH_IN } from './extra.js';
import { readFrom, readMember, type Reader } from './reader.js';

/** What an answer says, or the sentence that says why it is none. */
export type Reading =
  | {
      readonly ok: true;
      readonly tokens: TokenSet;
      /** Why its lifetime may not be what the vendor means. */
      readonly doubt: LifetimeDoubt | undefined;
      /** Whether members of the answer did not fit into `extra`. */
      readonly extraCut: boolean;
    }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly retryable: boolean;
      /** Its refresh token, beside an access token that is not to be sent. */
      readonly rest?: TokenSet | undefined;
    };

/** What was decided before the answer came. */
export interface ReadingContext {
  readonly places: AnswerDefinition | undefined;
  /** The scheme that the token is sent under. */
  readonly scheme: string | undefined;
  readonly startedAt: Instant;
  readonly requestedScope: string | undefined;
  readonly lifetime: LifetimeOptions;
  /** What stands between two scopes in the answer. */
  readonly scopeSeparator: string;
  /** Scope names without which the token is of no use. */
  readonly requiredScope: readonly string[];
  readonly refreshable: boolean;
}

const STANDARD = {
  accessToken: 'access_token',
  tokenType: 'token_type',
  expiresIn: 'expires_in',
  refreshToken: 'refresh_token',
  refreshExpiresIn: ['refresh_expires_in', 'refresh_token_expires_in'],
  scope: 'scope',
} satisfies Record<string, Reader>;

/**
 * Characters. No RFC has a limit, but no server accepts a header as long as this, and all three together fit
 * into what a token set may take.
 */
const LONGEST = { accessToken: 32_768, refreshToken: 16_384, scope: 8_192 };

type Limited = keyof typeof LONGEST;

/** What has no name of its own in the answer. */
const WORDS = { accessToken: 'access token', refreshToken: 'refresh token', scope: 'scope' };

/** Reads a successful answer (RFC 6749 §5.1). Everything in it is checked; nothing is repaired. */
export function readTokens(answer: Answer, context: ReadingContext): Reading {
  const places = { ...context.places, ...STANDARD, ...defined(context.places ?? {}) };
  const read: Read = (name) => readMember(answer, places[name], `answer.${name}`);
  const { startedAt, lifetime } = context;
  const accessToken = read('accessToken');
  const refresh = refreshPart(read, context);
  const scope = grantedScope(read('scope'), context.scopeSeparator) ?? context.requestedScope;
  const problem = problemOf(answer, read, places, scope, context);
  if (problem) return { ...problem, rest: restOf(accessToken, refresh) };
  const expiresIn = read('expiresIn');
  const told = endOfLife(expiresIn, accessToken as string, startedAt, lifetime.format);
  const extra = extraOf(answer, places, [accessToken, read('refreshToken')]);
  const tokens = new TokenSet({
    ...refresh,
    accessToken: accessToken as string,
    tokenType: context.scheme,
    expiresAt: limited(told, startedAt, lifetime),
    refreshAt: inSeconds(readFrom(answer, REFRESH_IN), startedAt),
    scope,
    extra,
  });
  const said = saidLifetime(expiresIn, tokens.accessToken, lifetime.format);
  const secrets = [tokens.accessToken, tokens.refreshToken].filter((token) => token !== undefined);
  return {
    ok: true,
    tokens,
    doubt: doubtOf(said, told, startedAt, lifetime, secrets),
    extraCut: extra !== undefined && tokens.extra !== extra,
  };
}

type Read = (name: keyof typeof STANDARD) => unknown;
type Places = AnswerDefinition & Record<keyof typeof STANDARD, Reader>;
type Unread = Extract<Reading, { ok: false }>;

/** Why a response is of no use. */
function problemOf(
  answer: Answer,
  read: Read,
  places: Places,
  scope: string | undefined,
  { scheme, refreshable, requiredScope }: ReadingContext,
): Unread | undefined {
  const accessToken = read('accessToken');
  const problem = tokenProblem(accessToken, 'accessToken');
  if (problem) {
    const reason = `its ${nameOf(places.accessToken, 'accessToken')} ${problem}`;
    return unusable(answer, reason, accessToken);
  }
  if (!isAccepted(read('tokenType'), scheme)) {
    return rejected(
      'its `token_type` is not "Bearer"; if such tokens are sent as Bearer nevertheless, set `use: { scheme: \'Bearer\' }`',
    );
  }
  const tooLong =
    longer('scope', scope) ??
    (refreshable ? longer('refreshToken', read('refreshToken')) : undefined);
  if (tooLong) return rejected(`its ${nameOf(places[tooLong], tooLong)} ${isTooLong(tooLong)}`);
  const missing = missingScope(scope, requiredScope);
  return missing ? rejected(`its \`scope\` lacks the required ${missing}`) : undefined;
}

/** The refresh token of a response that is of no use otherwise. */
function restOf(accessToken: unknown, refresh: RefreshPart): TokenSet | undefined {
  if (refresh.refreshToken === undefined) return undefined;
  const isSendable = !tokenProblem(accessToken, 'accessToken');
  return new TokenSet({
    ...refresh,
    accessToken: isSendable ? (accessToken as string) : NO_ACCESS_TOKEN,
    expiresAt: 0,
  });
}

type RefreshPart = Pick<TokenSetFields, 'refreshToken' | 'refreshExpiresAt'>;

/** What a response says of the refresh token. */
function refreshPart(
  read: Read,
  { places, refreshable, startedAt, lifetime }: ReadingContext,
): RefreshPart {
  const refreshToken = read('refreshToken');
  const isUsed = refreshable && !tokenProblem(refreshToken, 'refreshToken');
  const expiresIn = read('refreshExpiresIn');
  return {
    refreshToken: isUsed ? (refreshToken as string) : undefined,
    refreshExpiresAt:
      places?.refreshExpiresIn === undefined
        ? inSeconds(expiresIn, startedAt)
        : toldEnd(expiresIn, startedAt, lifetime.format),
  };
}

function inSeconds(value: unknown, startedAt: Instant): number | undefined {
  const seconds = toNumber(value);
  return seconds === undefined || seconds <= 0 ? undefined : startedAt.wall + seconds * 1_000;
}

function rejected(reason: string): Unread {
  return { ok: false, reason, retryable: false };
}

/** A page of some proxy instead of an answer may be gone the next time. */
function unusable({ body }: Answer, reason: string, token: unknown): Unread {
  const hasMembers = membersOf(body) !== undefined;
  if (hasMembers || (token !== undefined && token !== '')) return rejected(reason);
  return { ok: false, reason: 'its body is not a JSON object', retryable: true };
}

function defined(places: AnswerDefinition): Partial<Record<keyof typeof STANDARD, Reader>> {
  const names = Object.keys(STANDARD) as (keyof typeof STANDARD)[];
  const given = names.filter((name) => places[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, places[name]]));
}

function nameOf(place: Reader, what: Limited): string {
  if (typeof place === 'string') return `\`${place}\``;
  if ('header' in place) return `header \`${place.header}\``;
  return 'cookie' in place ? `cookie \`${place.cookie}\`` : WORDS[what];
}

function missingScope(granted: string | undefined, required: readonly string[]): string {
  const names = granted?.split(' ') ?? [];
  return required.filter((name) => !names.includes(name)).join(' ');
}

/** Why a value cannot be sent as a token. */
function tokenProblem(value: unknown, what: Limited): string | undefined {
  if (value === undefined || value === null) return 'is missing';
  if (typeof value !== 'string') return 'is not a string';
  if (value === '') return 'is empty';
  if (longer(what, value)) return isTooLong(what);
  return isSendable(value) ? undefined : 'has characters that no header may carry';
}

function longer(what: Limited, value: unknown): Limited | undefined {
  return typeof value === 'string' && value.length > LONGEST[what] ? what : undefined;
}

function isTooLong(what: Limited): string {
  return `is longer than ${LONGEST[what]} characters`;
}

/** Where the definition names no scheme of its own, any type but Bearer needs more than a header. */
function isAccepted(tokenType: unknown, scheme: string | undefined): boolean {
  if (scheme !== undefined || tokenType === undefined || tokenType === null) return true;
  return typeof tokenType === 'string' && tokenType.trim().toLowerCase() === 'bearer';
}

function grantedScope(value: unknown, separator: string): string | undefined {
  if (longer('scope', value)) return value as string; // is refused as it is
  const list: unknown[] = typeof value === 'string' ? value.split(separator) : [value].flat();
  const scope = list.filter((name) => typeof name === 'string' && name !== '').join(' ');
  return scope === '' ? undefined : scope;
}

import type { Instant } from '../core/clock.js';
import { isSendable, TokenSet, type TokenSetFields } from '../core/token-set.js';
import type { AnswerDefinition } from './answer-definition.js';
import { membersOf, type Answer } from './answer.js';
import { endOfLife, limited, toldEnd, toNumber, type LifetimeOptions } from './lifetime.js';
import { readFrom, type Reader } from './reader.js';

/** What an answer says, or the sentence that says why it is none. */
export type Reading =
  | {
      readonly ok: true;
      readonly tokens: TokenSet;
      /** Whether a lifetime was said or declared, and none was found. */
      readonly lifetimeUnread: boolean;
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

const REFRESH_IN = 'refresh_in';

/** No limit in any RFC; no server accepts a header as long as this. */
const LONGEST_TOKEN = 65_536;

/** Reads a successful answer (RFC 6749 §5.1). Everything in it is checked; nothing is repaired. */
export function readTokens(answer: Answer, context: ReadingContext): Reading {
  const places = { ...context.places, ...STANDARD, ...defined(context.places ?? {}) };
  const read = (name: keyof typeof STANDARD) => readFrom(answer, places[name]);
  const { startedAt, lifetime } = context;
  const accessToken = read('accessToken');
  const problem = tokenProblem(accessToken);
  const refresh = refreshPart(read, context);
  const sendable = problem ? UNUSABLE : (accessToken as string);
  const rest =
    refresh.refreshToken === undefined
      ? undefined
      : new TokenSet({ ...refresh, accessToken: sendable, expiresAt: 0 });
  if (problem) {
    const reason = `its ${nameOf(places.accessToken)} ${problem}`;
    return { ...unusable(answer, reason, accessToken), rest };
  }
  if (!isAccepted(read('tokenType'), context.scheme)) {
    return rejected('its `token_type` is not one that this provider is sent with', rest);
  }
  const scope = grantedScope(read('scope'), context.scopeSeparator) ?? context.requestedScope;
  const missing = missingScope(scope, context.requiredScope);
  if (missing) return rejected(`its \`scope\` lacks the required ${missing}`, rest);
  const expiresIn = read('expiresIn');
  const told = endOfLife(expiresIn, sendable, startedAt, lifetime.format);
  const tokens = new TokenSet({
    ...refresh,
    accessToken: sendable,
    tokenType: context.scheme,
    expiresAt: limited(told, startedAt, lifetime),
    refreshAt: inSeconds(readFrom(answer, REFRESH_IN), startedAt),
    scope,
    extra: extraOf(answer, places, [accessToken, read('refreshToken')]),
  });
  const isExpected = lifetime.format !== 'seconds' || context.places?.expiresIn !== undefined;
  const isSaid = expiresIn !== undefined && expiresIn !== null;
  return { ok: true, tokens, lifetimeUnread: told === undefined && (isExpected || isSaid) };
}

/** What a response says of the refresh token. */
function refreshPart(
  read: (name: 'refreshToken' | 'refreshExpiresIn') => unknown,
  { places, refreshable, startedAt, lifetime }: ReadingContext,
): Pick<TokenSetFields, 'refreshToken' | 'refreshExpiresAt'> {
  const refreshToken = read('refreshToken');
  const isUsed = refreshable && !tokenProblem(refreshToken);
  const expiresIn = read('refreshExpiresIn');
  return {
    refreshToken: isUsed ? (refreshToken as string) : undefined,
    refreshExpiresAt:
      places?.refreshExpiresIn === undefined
        ? inSeconds(expiresIn, startedAt)
        : toldEnd(expiresIn, startedAt, lifetime.format),
  };
}

/** Stands where a response has no access token that could be sent. */
const UNUSABLE = 'none';

function inSeconds(value: unknown, startedAt: Instant): number | undefined {
  const seconds = toNumber(value);
  return seconds === undefined || seconds <= 0 ? undefined : startedAt.wall + seconds * 1_000;
}

type Unread = Extract<Reading, { ok: false }>;

function rejected(reason: string, rest?: TokenSet): Unread {
  return { ok: false, reason, retryable: false, rest };
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

function nameOf(place: Reader): string {
  if (typeof place === 'string') return `\`${place}\``;
  if ('header' in place) return `header \`${place.header}\``;
  return 'cookie' in place ? `cookie \`${place.cookie}\`` : 'access token';
}

function missingScope(granted: string | undefined, required: readonly string[]): string {
  const names = granted?.split(' ') ?? [];
  return required.filter((name) => !names.includes(name)).join(' ');
}

/** Why a value cannot be sent as a token. */
function tokenProblem(value: unknown): string | undefined {
  if (value === undefined || value === null) return 'is missing';
  if (typeof value !== 'string') return 'is not a string';
  if (value === '') return 'is empty';
  if (value.length > LONGEST_TOKEN) return `is longer than ${LONGEST_TOKEN} characters`;
  return isSendable(value) ? undefined : 'has characters that no header may carry';
}

/** Where the definition names no scheme of its own, any type but Bearer needs more than a header. */
function isAccepted(tokenType: unknown, scheme: string | undefined): boolean {
  if (scheme !== undefined || tokenType === undefined || tokenType === null) return true;
  return typeof tokenType === 'string' && tokenType.trim().toLowerCase() === 'bearer';
}

function grantedScope(value: unknown, separator: string): string | undefined {
  const list: unknown[] = typeof value === 'string' ? value.split(separator) : [value].flat();
  const scope = list.filter((name) => typeof name === 'string' && name !== '').join(' ');
  return scope === '' ? undefined : scope;
}

/** What else the answer says: all members but those that were read, and what is to be captured. */
function extraOf(
  answer: Answer,
  { capture = {}, ...places }: AnswerDefinition,
  tokens: readonly unknown[],
): Readonly<Record<string, unknown>> | undefined {
  const used = new Set([...Object.values(places).flat(), REFRESH_IN]);
  const unused = Object.entries(membersOf(answer.body) ?? {}).filter(([name]) => !used.has(name));
  const captured = Object.entries(capture).map(([name, place]) => [name, readFrom(answer, place)]);
  const told = captured.filter(([, value]) => value !== undefined);
  const extra = [...unused, ...told] as [string, unknown][];
  if (extra.length === 0) return undefined;
  const safe = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of extra) safe[name] = without(tokens, value);
  return Object.freeze(safe);
}

/** A token that stands deeper in the answer is not to be found there a second time. */
function without(tokens: readonly unknown[], value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const isToken = (member: unknown) => typeof member === 'string' && tokens.includes(member);
  if (Array.isArray(value)) {
    return value.filter((item) => !isToken(item)).map((item) => without(tokens, item));
  }
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(value)) {
    if (!isToken(member)) copy[name] = without(tokens, member);
  }
  return copy;
}

import type { Instant } from '../util/clock.js';
import { NO_ACCESS_TOKEN, TokenSet, type TokenSetFields } from '../core/token-set.js';
import type { ResponseDefinition } from './answer-definition.js';
import type { LifetimeDoubt } from '../core/events.js';
import type { VendorResponse } from './answer.js';
import { oddBody } from './answer-shape.js';
import { extraOf, REFRESH_IN } from './extra.js';
import { doubtOf } from './lifetime-doubt.js';
import {
  endOfLife,
  limited,
  saidLifetime,
  toldEnd,
  toNumber,
  type LifetimeOptions,
} from './lifetime.js';
import { readFrom, readMember, type Selector } from './reader.js';
import { isOfResponse, isScheme, schemeIn, type TokenUse } from './token-use.js';
import { bareToken, isTooLong, longer, shown, tokenProblem, type Limited } from './token-value.js';

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
      /** What to do about it, if that is known. */
      readonly hint?: string | undefined;
      readonly retryable: boolean;
      /** What the response holds that must not be printed. */
      readonly secrets?: readonly string[];
      /** Its refresh token, beside an access token that is not to be sent. */
      readonly rest?: TokenSet | undefined;
    };

/** What was decided before the answer came. */
export interface ReadingContext {
  readonly places: ResponseDefinition | undefined;
  /** The scheme that the token is sent under; `undefined`: Bearer. */
  readonly scheme: TokenUse['scheme'];
  /** Whether a renewal prolongs the access token instead of replacing it. */
  readonly prolongs: boolean;
  /** The token set that is renewed. */
  readonly before: TokenSet | undefined;
  readonly startedAt: Instant;
  readonly requestedScope: string | undefined;
  readonly lifetime: LifetimeOptions;
  /** What stands between two scopes in the answer. */
  readonly scopeSeparator: string;
  /** Scope names without which the token is of no use. */
  readonly requiredScope: readonly string[];
  readonly refreshable: boolean;
  /** What the request carried, to be masked wherever the response quotes it. */
  readonly secrets: readonly string[];
}

const STANDARD = {
  accessToken: 'access_token',
  tokenType: 'token_type',
  expiresIn: 'expires_in',
  refreshToken: 'refresh_token',
  refreshExpiresIn: ['refresh_expires_in', 'refresh_token_expires_in'],
  scope: 'scope',
} satisfies Record<string, Selector>;

/** What has no name of its own in the answer. */
const WORDS = { accessToken: 'access token', refreshToken: 'refresh token', scope: 'scope' };

/** Reads a successful answer (RFC 6749 §5.1). Everything in it is checked; nothing is repaired. */
export function readTokens(answer: VendorResponse, context: ReadingContext): Reading {
  const places = { ...context.places, ...STANDARD, ...defined(context.places ?? {}) };
  const read = readerOf(answer, places, context);
  const { startedAt, lifetime } = context;
  const scheme = schemeIn(read('tokenType'), context.scheme, context.before?.tokenType);
  const accessToken = bareToken(read('accessToken'), scheme);
  const refresh = refreshPart(read, context);
  const scope = grantedScope(read('scope'), context.scopeSeparator) ?? context.requestedScope;
  const problem = problemOf(answer, read, places, { accessToken, scope }, context);
  if (problem) {
    const rest = restOf(accessToken, refresh);
    return { ...problem, rest, secrets: tokensIn(accessToken, read('refreshToken')) };
  }
  const expiresIn = read('expiresIn');
  const told = endOfLife(expiresIn, accessToken as string, startedAt, lifetime.format);
  const extra = extraOf(answer, places, [accessToken, read('accessToken'), read('refreshToken')]);
  const tokens = new TokenSet({
    ...refresh,
    accessToken: accessToken as string,
    tokenType: scheme,
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

/** Reads the members of an answer. Where a token is prolonged, it is the one before, and renews itself. */
function readerOf(
  answer: VendorResponse,
  places: Places,
  { prolongs, before }: ReadingContext,
): Read {
  const found: Read = (name) => readMember(answer, places[name], `response.${name}`);
  if (!prolongs) return found;
  const accessToken = () => found('accessToken') || before?.accessToken;
  const isOwn = before?.refreshToken === before?.accessToken; // at login, too
  const kept: Partial<Record<keyof typeof STANDARD, () => unknown>> = {
    accessToken,
    refreshToken: () => found('refreshToken') || (isOwn ? accessToken() : undefined),
  };
  return (name) => (kept[name] ?? (() => found(name)))();
}

type Read = (name: keyof typeof STANDARD) => unknown;
type Places = ResponseDefinition & Record<keyof typeof STANDARD, Selector>;
type Unread = Extract<Reading, { ok: false }>;

/** Why a response is of no use. */
function problemOf(
  answer: VendorResponse,
  read: Read,
  places: Places,
  { accessToken, scope }: { readonly accessToken: unknown; readonly scope: string | undefined },
  { scheme, refreshable, requiredScope, secrets }: ReadingContext,
): Unread | undefined {
  const problem = tokenProblem(accessToken, 'accessToken');
  if (problem) {
    const reason = `its ${nameOf(places.accessToken, 'accessToken')} ${problem}`;
    return unusable(answer, reason, accessToken);
  }
  const type = read('tokenType');
  const hidden = [...secrets, ...tokensIn(accessToken, read('refreshToken'))];
  if (isOfResponse(scheme) && !isScheme(type ?? '')) {
    return rejected(
      `its \`token_type\` is ${shown(type, hidden)}, which is not a scheme (RFC 9110 §11.1) that a token can be sent with`,
    );
  }
  if (!isAccepted(type, scheme)) {
    const reason = `its \`token_type\` is ${shown(type, hidden)} instead of "Bearer"`;
    const hint =
      "If the vendor wants its tokens to be sent as Bearer nevertheless, set `use: { scheme: 'Bearer' }`.";
    return { ...rejected(reason), hint };
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
function unusable(answer: VendorResponse, reason: string, token: unknown): Unread {
  const odd = oddBody(answer);
  if (odd === undefined || (token !== undefined && token !== '')) return rejected(reason);
  return { ok: false, reason: `with ${odd}`, retryable: true };
}

function defined(places: ResponseDefinition): Partial<Record<keyof typeof STANDARD, Selector>> {
  const names = Object.keys(STANDARD) as (keyof typeof STANDARD)[];
  const given = names.filter((name) => places[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, places[name]]));
}

function nameOf(place: Selector, what: Limited): string {
  if (typeof place === 'string') return `\`${place}\``;
  if ('header' in place) return `header \`${place.header}\``;
  return 'cookie' in place ? `cookie \`${place.cookie}\`` : WORDS[what];
}

function missingScope(granted: string | undefined, required: readonly string[]): string {
  const names = granted?.split(' ') ?? [];
  return required.filter((name) => !names.includes(name)).join(' ');
}

function tokensIn(...values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

/** Where the definition names no scheme of its own, any type but Bearer needs more than a header. */
function isAccepted(tokenType: unknown, scheme: TokenUse['scheme']): boolean {
  if (scheme !== undefined || tokenType === undefined || tokenType === null) return true;
  return typeof tokenType === 'string' && tokenType.trim().toLowerCase() === 'bearer';
}

function grantedScope(value: unknown, separator: string): string | undefined {
  if (longer('scope', value)) return value as string; // is refused as it is
  const list: unknown[] = typeof value === 'string' ? value.split(separator) : [value].flat();
  const scope = list.filter((name) => typeof name === 'string' && name !== '').join(' ');
  return scope === '' ? undefined : scope;
}

import type { Instant } from '../util/clock.js';
import { detached } from '../util/memory.js';
import type { LifetimeDoubt } from '../core/definition-events.js';
import { NO_ACCESS_TOKEN, TokenSet, type TokenSetFields } from '../core/token-set.js';
import { doubtOf, lifetimeOf, statedEnd, type LifetimeOptions } from './lifetime.js';
import type { ResponseDefinition } from './response-definition.js';
import { readFrom, readMember, type Selector } from './selector.js';
import {
  bareToken,
  longer,
  responseProblem,
  textsAmong,
  tokenProblem,
  type Expected,
  type Useless,
} from './token-problem.js';
import { membersOf, type VendorResponse } from './vendor-response.js';

/** What a response says, or why it cannot be used. */
export type Reading =
  | {
      readonly ok: true;
      readonly tokens: TokenSet;
      /** Whether the response names the lifetime, or a default is assumed. */
      readonly lifetime: 'stated' | 'assumed';
      /** Why its lifetime may not be what the vendor means. */
      readonly doubt: LifetimeDoubt | undefined;
      /** Whether members of the response did not fit into `extra`. */
      readonly extraCut: boolean;
    }
  | (Useless & {
      readonly ok: false;
      /** Its refresh token, beside an access token that cannot be used. */
      readonly rest?: TokenSet | undefined;
    });

/** Everything that is known before the response arrives. */
export interface ReadingContext extends Omit<Expected, 'mapping'> {
  readonly mapping: ResponseDefinition | undefined;
  /** Whether a renewal prolongs the access token instead of replacing it. */
  readonly prolongs: boolean;
  /** The token set that is renewed. */
  readonly before: TokenSet | undefined;
  readonly startedAt: Instant;
  readonly requestedScope: string | undefined;
  readonly lifetime: LifetimeOptions;
  /** The separator between two scopes in the response. */
  readonly scopeSeparator: string;
}

const STANDARD = {
  accessToken: 'access_token',
  tokenType: 'token_type',
  expiresIn: 'expires_in',
  refreshToken: 'refresh_token',
  refreshExpiresIn: ['refresh_expires_in', 'refresh_token_expires_in'],
  scope: 'scope',
} satisfies Record<string, Selector>;

type Name = keyof typeof STANDARD;
type Read = (name: Name) => unknown;
type Mapping = ResponseDefinition & Record<Name, Selector>;

/** Reads a successful response (RFC 6749 §5.1). Everything in it is checked, and nothing is repaired. */
export function readTokens(response: VendorResponse, context: ReadingContext): Reading {
  const mapping = mappingOf(context.mapping);
  const read = readerOf(response, mapping, context);
  const { startedAt, lifetime } = context;
  const tokenType = read('tokenType');
  const scheme = schemeIn(tokenType, context);
  const [rawToken, refreshToken] = [read('accessToken'), read('refreshToken')];
  const accessToken = bareToken(rawToken, scheme);
  const refresh = refreshPart(refreshToken, read, context);
  const scope = grantedScope(read('scope'), context.scopeSeparator) ?? context.requestedScope;
  const claimed = { accessToken, refreshToken, tokenType, scope };
  const problem = responseProblem(response, claimed, { ...context, mapping });
  if (problem) {
    const rest = restOf(accessToken, refresh);
    return { ...problem, ok: false, rest, secrets: textsAmong(accessToken, refreshToken) };
  }
  const life = lifetimeOf(read('expiresIn'), accessToken as string, startedAt, lifetime);
  const extra = extraOf(response, mapping, [accessToken, rawToken, refreshToken]);
  const tokens = new TokenSet({
    ...refresh,
    accessToken: accessToken as string,
    tokenType: scheme,
    expiresAt: life.end,
    refreshAt: statedEnd(readFrom(response, REFRESH_IN), startedAt, 'seconds'),
    scope,
    extra,
  });
  const secrets = textsAmong(tokens.accessToken, tokens.refreshToken);
  return {
    ok: true,
    tokens,
    lifetime: life.stated === undefined ? 'assumed' : 'stated',
    doubt: doubtOf(life, startedAt, lifetime, secrets),
    extraCut: extra !== undefined && tokens.extra !== extra,
  };
}

/** Members that the definition does not map are where the RFC has them. */
function mappingOf(mapping: ResponseDefinition = {}): Mapping {
  const names = Object.keys(STANDARD) as Name[];
  const standard = names.map((name) => [name, mapping[name] ?? STANDARD[name]] as const);
  return { ...mapping, ...(Object.fromEntries(standard) as Record<Name, Selector>) };
}

/** Reads the members of a response. A token that is prolonged stays the one before, and renews itself. */
function readerOf(
  response: VendorResponse,
  mapping: Mapping,
  { prolongs, before }: ReadingContext,
): Read {
  const found: Read = (name) => readMember(response, mapping[name], `response.${name}`);
  if (!prolongs) return found;
  const accessToken = () => found('accessToken') || before?.accessToken;
  const isOwn = before?.refreshToken === before?.accessToken; // at login, too
  const kept: Partial<Record<Name, () => unknown>> = {
    accessToken,
    refreshToken: () => found('refreshToken') || (isOwn ? accessToken() : undefined),
  };
  return (name) => (kept[name] ?? (() => found(name)))();
}

/** The scheme to send a token with: the declared one, or the one of the response or of the token before. */
function schemeIn(
  tokenType: unknown,
  { scheme, before }: Pick<ReadingContext, 'scheme' | 'before'>,
): string | undefined {
  if (typeof scheme !== 'object') return scheme;
  if (typeof tokenType !== 'string') return before?.tokenType;
  return tokenType.toLowerCase() === 'bearer' ? 'Bearer' : tokenType;
}

/** The refresh token of a response that cannot be used otherwise. */
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

function refreshPart(
  refreshToken: unknown,
  read: Read,
  { mapping, refreshable, startedAt, lifetime }: ReadingContext,
): RefreshPart {
  const isUsed = refreshable && !tokenProblem(refreshToken, 'refreshToken');
  const format = mapping?.refreshExpiresIn === undefined ? 'seconds' : lifetime.format;
  return {
    refreshToken: isUsed ? (refreshToken as string) : undefined,
    refreshExpiresAt: statedEnd(read('refreshExpiresIn'), startedAt, format),
  };
}

function grantedScope(value: unknown, separator: string): string | undefined {
  if (longer('scope', value)) return value as string; // it is refused as it is
  const list: unknown[] = typeof value === 'string' ? value.split(separator) : [value].flat();
  const scope = list.filter((name) => typeof name === 'string' && name !== '').join(' ');
  return scope === '' ? undefined : scope;
}

/** When the vendor wants the token to be renewed. It becomes `refreshAt`, so it is not in `extra`. */
const REFRESH_IN = 'refresh_in';

/** The members of a response that nothing else reads, and those that the definition captures. */
function extraOf(
  response: VendorResponse,
  { capture, ...mapping }: ResponseDefinition,
  tokens: readonly unknown[],
): Readonly<Record<string, unknown>> | undefined {
  const used = new Set<unknown>([...Object.values(mapping).flat(), REFRESH_IN]);
  const unused = Object.entries(membersOf(response.body) ?? {}).filter(([name]) => !used.has(name));
  const captured = capturedFrom(response, capture, 'response.capture');
  if (unused.length === 0 && captured.length === 0) return undefined;
  const extra = Object.create(null) as Record<string, unknown>;
  // Captured members come first, because a token set that is too large keeps the first ones. They are set again at
  // the end, so that they win over members of the same name.
  for (const [name, value] of [...captured, ...unused, ...captured]) {
    extra[name] = without(tokens, value);
  }
  return Object.freeze(extra);
}

/**
 * The values that a definition captures from a response, by name. Values that are not there are left out.
 *
 * @param path where `capture` is in the definition, for errors
 */
export function capturedFrom(
  response: VendorResponse,
  capture: ResponseDefinition['capture'] = {},
  path: string,
): (readonly [name: string, value: unknown])[] {
  const read = Object.entries(capture).map(
    ([name, selector]) =>
      [name, detachedDeeply(readMember(response, selector, `${path}.${name}`))] as const,
  );
  return read.filter(([, value]) => value !== undefined);
}

/** A value that a function returns may have pieces of the body in it, which would hold all of it in memory. */
function detachedDeeply(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(detachedDeeply);
  if (typeof value !== 'object' || value === null) return detached(value);
  const members = Object.entries(value).map(([name, member]) => [name, detachedDeeply(member)]);
  return Object.fromEntries(members);
}

/** Leaves the tokens out wherever else the response repeats them. */
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

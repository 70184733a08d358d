import type { Instant } from '../core/clock.js';
import { isSendable, TokenSet } from '../core/token-set.js';
import { endOfLife, toNumber, type LifetimeOptions } from './lifetime.js';
import type { TransportAnswer } from './transport.js';

/** What an answer says, or the sentence that says why it is none. */
export type Reading =
  | { readonly ok: true; readonly tokens: TokenSet }
  | { readonly ok: false; readonly reason: string };

/** What the request decided before the answer came. */
export interface ReadingContext {
  readonly startedAt: Instant;
  readonly requestedScope: string | undefined;
  readonly lifetime: LifetimeOptions;
  /** Scope names without which the token is of no use. */
  readonly requiredScope: readonly string[];
  readonly refreshable: boolean;
}

const STANDARD_MEMBERS = new Set([
  'access_token',
  'token_type',
  'expires_in',
  'refresh_token',
  'scope',
  'refresh_in',
  'refresh_expires_in',
  'refresh_token_expires_in',
]);

/** No limit in any RFC; no server accepts a header as long as this. */
const LONGEST_TOKEN = 65_536;

/**
 * The members of an answer: JSON, or form-encoded as a few old servers do. Without a prototype, so that
 * nothing is a member but what the vendor sent.
 */
export function membersOf({ headers, body }: TransportAnswer): Record<string, unknown> | undefined {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  const value: unknown = isForm ? Object.fromEntries(new URLSearchParams(body)) : parsed(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const members = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(value)) members[name] = member;
  return members;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Reads a successful answer (RFC 6749 §5.1). Everything in it is checked; nothing is repaired. */
export function readTokens(members: Record<string, unknown>, context: ReadingContext): Reading {
  const accessToken = members['access_token'];
  const problem = tokenProblem(accessToken);
  if (problem) return { ok: false, reason: `its \`access_token\` ${problem}` };
  if (!isBearer(members['token_type'])) {
    return { ok: false, reason: 'its `token_type` is not one that this provider is sent with' };
  }
  const scope = grantedScope(members['scope']) ?? context.requestedScope;
  const missing = missingScope(scope, context.requiredScope);
  if (missing) return { ok: false, reason: `its \`scope\` lacks the required ${missing}` };
  const { startedAt } = context;
  const inSeconds = (name: string) => {
    const value = toNumber(members[name]);
    return value === undefined || value <= 0 ? undefined : startedAt.wall + value * 1_000;
  };
  const refreshToken = members['refresh_token'];
  const usesRefreshToken = context.refreshable && !tokenProblem(refreshToken);
  return {
    ok: true,
    tokens: new TokenSet({
      accessToken: accessToken as string,
      expiresAt: endOfLife(
        members['expires_in'],
        accessToken as string,
        startedAt,
        context.lifetime,
      ),
      refreshAt: inSeconds('refresh_in'),
      scope,
      refreshToken: usesRefreshToken ? (refreshToken as string) : undefined,
      refreshExpiresAt: inSeconds('refresh_expires_in') ?? inSeconds('refresh_token_expires_in'),
      extra: extraMembers(members),
    }),
  };
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

function isBearer(tokenType: unknown): boolean {
  if (tokenType === undefined || tokenType === null) return true;
  return typeof tokenType === 'string' && tokenType.trim().toLowerCase() === 'bearer';
}

function grantedScope(value: unknown): string | undefined {
  const scope = Array.isArray(value) ? value.filter((s) => typeof s === 'string').join(' ') : value;
  return typeof scope === 'string' && scope !== '' ? scope : undefined;
}

function extraMembers(members: Record<string, unknown>): Record<string, unknown> | undefined {
  const extra = Object.entries(members).filter(([name]) => !STANDARD_MEMBERS.has(name));
  if (extra.length === 0) return undefined;
  const safe = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of extra) safe[name] = value;
  return Object.freeze(safe);
}

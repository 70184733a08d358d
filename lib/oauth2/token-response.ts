import type { Instant } from '../core/clock.js';
import { TokenSet } from '../core/token-set.js';
import type { TransportAnswer } from './transport.js';

/** What an answer says, or the sentence that says why it is none. */
export type Reading =
  | { readonly ok: true; readonly tokens: TokenSet }
  | { readonly ok: false; readonly reason: string };

/** What the request decided before the answer came. */
export interface ReadingContext {
  readonly startedAt: Instant;
  readonly requestedScope: string | undefined;
  /** Seconds. */
  readonly defaultLifetime: number;
  readonly refreshable: boolean;
}

const STANDARD_MEMBERS = new Set([
  'access_token',
  'token_type',
  'expires_in',
  'refresh_token',
  'scope',
]);

/** No limit in any RFC; no server accepts a header as long as this. */
const LONGEST_TOKEN = 65_536;

/** The members of an answer: JSON, or form-encoded as a few old servers do. */
export function membersOf({ headers, body }: TransportAnswer): Record<string, unknown> | undefined {
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a successful answer (RFC 6749 §5.1). Everything in it is checked; nothing is repaired. */
export function readTokens(members: Record<string, unknown>, context: ReadingContext): Reading {
  const own = (name: string) => (Object.hasOwn(members, name) ? members[name] : undefined);
  const accessToken = own('access_token');
  const problem = tokenProblem(accessToken);
  if (problem) return { ok: false, reason: `its \`access_token\` ${problem}` };
  if (!isBearer(own('token_type'))) {
    return { ok: false, reason: 'its `token_type` is not one that this provider is sent with' };
  }
  const refreshToken = own('refresh_token');
  return {
    ok: true,
    tokens: new TokenSet({
      accessToken: accessToken as string,
      expiresAt:
        context.startedAt.wall + (seconds(own('expires_in')) ?? context.defaultLifetime) * 1_000,
      scope: grantedScope(own('scope')) ?? context.requestedScope,
      refreshToken:
        context.refreshable && !tokenProblem(refreshToken) ? (refreshToken as string) : undefined,
      extra: extraMembers(members),
    }),
  };
}

/** Why a value cannot be sent as a token: it would break or forge a header (RFC 6750 §2.1). */
function tokenProblem(value: unknown): string | undefined {
  if (value === undefined || value === null) return 'is missing';
  if (typeof value !== 'string') return 'is not a string';
  if (value === '') return 'is empty';
  if (value.length > LONGEST_TOKEN) return `is longer than ${LONGEST_TOKEN} characters`;
  return /^[\x21-\x7e]+$/.test(value) ? undefined : 'has characters that no header may carry';
}

function isBearer(tokenType: unknown): boolean {
  if (tokenType === undefined || tokenType === null) return true;
  return typeof tokenType === 'string' && tokenType.trim().toLowerCase() === 'bearer';
}

function seconds(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim() : value;
  if (text === '' || (typeof text !== 'string' && typeof text !== 'number')) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
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

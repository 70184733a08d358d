import { backOff } from '../account/backoff.js';
import type { RefreshTokenFamily } from '../account/refresh-token-family.js';
import type { Granted, RenewalResult } from '../account/renewal-result.js';
import { attempts, forRefreshToken, notAfter, type AttemptTools } from '../core/attempts.js';
import { OAuth2ClientError } from '../core/errors.js';
import { hasOwnRefreshToken, type TokenSet, type TokenSetFields } from '../core/token-set.js';
import { RefreshTokenOnly, type TokenAttempt } from '../core/token-source.js';
import { targetKey } from '../core/token-target.js';
import { withDeadline } from '../util/waiting.js';
import { reauthenticationRequired, timedOut } from './renewal-failures.js';
import type { GrantContext } from './renewal-context.js';

/** The result of a refresh. */
export interface Refreshed {
  /** A token that this instance or another one has obtained. */
  readonly result?: RenewalResult | undefined;
  /** Why the refresh has failed. Absent together with `result` if there was no refresh token to send. */
  readonly failure?: OAuth2ClientError | undefined;
  /** The failed refresh was the first one since the login. */
  readonly isFirstRefresh?: boolean | undefined;
  /** The new refresh token of a response whose access token is not usable. */
  readonly kept?: RenewalResult | undefined;
}

/** A refresh token, and the token set that it came with. */
interface RefreshToken {
  readonly refreshToken: string;
  readonly of: TokenSet | undefined;
}

/** Renews with the refresh token of an account, if there is one that may be sent. */
export async function refresh(context: GrantContext): Promise<Refreshed> {
  const { grants, tools, input, isFirst } = context;
  if (input.refreshBlocked) return {};
  const token = refreshTokenOf(context);
  if (!token) return {};
  throwIfRefused(context, token);
  await notAfter(tools.latest, tools);
  try {
    const work = (within: AttemptTools) => send(context, token, within);
    // A refresh that hangs must leave time for the login.
    const isBounded = !isFirst && grants.login !== undefined;
    return { result: await (isBounded ? inHalfTheTime(context, work) : work(tools)) };
  } catch (error) {
    if (error instanceof RefreshTokenOnly) {
      return { kept: keptOf(context, token, error), failure: error.failure };
    }
    tools.signal.throwIfAborted();
    if (!(error instanceof OAuth2ClientError)) throw error;
    const result = await afterRefusal(context, token, error);
    const isFirstRefresh = (token.of?.refreshes ?? 0) === 0;
    return result ? { result } : { failure: error, isFirstRefresh };
  }
}

/**
 * The refresh token to send: the one that a login has brought, or else the newest of the family of the configured
 * refresh token. A new family starts with the configured one. A refresh token that is known to be used is never sent.
 */
function refreshTokenOf({
  source,
  account,
  grants,
  input,
  tools,
}: GrantContext): RefreshToken | undefined {
  const { refresh, configuredRefreshToken: configured, login } = grants;
  if (!refresh || account.refreshRefused) return undefined;
  const newest = hasOwnRefreshToken(input.held) ? input.held : account.family?.newest;
  if (!newest) {
    return configured === undefined ? undefined : { refreshToken: configured, of: undefined };
  }
  const { refreshToken, refreshExpiresAt = Infinity, refreshes } = newest;
  // Without a login, the refresh token is worth an attempt even after its stated end.
  const isAlive = !login || refreshExpiresAt > tools.clock.now();
  if (refreshToken === undefined || !isAlive) return undefined;
  return refreshes < (source.refreshLimit ?? Infinity) ? { refreshToken, of: newest } : undefined;
}

/**
 * Throws the last refusal of the refresh token until its back-off is over. All subjects that are configured with the
 * token share this back-off. `renew()` and `invalidate()` lift it.
 */
function throwIfRefused(context: GrantContext, token: RefreshToken): void {
  const { account, tools } = context;
  const refusal = familyOf(context, token)?.refusals.get(askerOf(context));
  if (!refusal || account.backoff?.isLifted) return;
  if (tools.clock.monotonic() < refusal.notBefore) throw refusal.failure;
}

/**
 * The key of a refusal. It holds for one provider, scope and resource, because the vendor may accept the refresh token
 * with others.
 */
function askerOf({ provider, account: { target } }: GrantContext): string {
  const { scope, resource } = target;
  return `${provider} ${targetKey({ scope, resource })}`;
}

/**
 * Reacts to evidence against a refresh token. If there is a login, the token is not used again. Otherwise it is tried
 * again after a back-off.
 *
 * @returns what another instance has obtained since
 */
async function afterRefusal(
  context: GrantContext,
  token: RefreshToken,
  failure: OAuth2ClientError,
): Promise<RenewalResult | undefined> {
  if (!failure.grantRefused) return undefined;
  const { account, grants, input, tools } = context;
  const family = familyOf(context, token);
  if (grants.login) {
    family?.retire();
    account.forgetRefreshToken(token.refreshToken);
  } else if (family) {
    const asker = askerOf(context);
    const required = reauthenticationRequired(failure);
    const now = tools.clock.monotonic();
    const refusal = backOff(family.refusals.get(asker), required, undefined, false, now);
    family.refusals.set(asker, refusal);
  }
  return input.newerElsewhere?.(!grants.login);
}

/** Sends the refresh token. */
async function send(
  context: GrantContext,
  token: RefreshToken,
  tools: AttemptTools,
): Promise<RenewalResult> {
  const { refreshToken, of: before } = token;
  const attempt = context.grants.refresh!(refreshToken, before);
  const { tokens, startedAt } = await ask(attempt, forRefreshToken(tools));
  const successor = succeed(context, token, {
    // A response without a refresh token leaves the old one valid (RFC 6749 §6).
    tokens: tokens.with({ refreshToken: tokens.refreshToken ?? refreshToken }),
    // Keeps members that only the response to a login has, such as the base URL of the account.
    extra: Object.freeze({ ...before?.extra, ...tokens.extra }),
  });
  return { by: 'refresh', tokens: successor, startedAt };
}

/**
 * Keeps the new refresh token of a response whose access token is not usable, because the old refresh token is used.
 * The account keeps its own access token: the newest token set of the family may have that of another account.
 */
function keptOf(
  context: GrantContext,
  token: RefreshToken,
  { tokens: { refreshToken, refreshExpiresAt }, tokens, startedAt }: RefreshTokenOnly,
): RenewalResult {
  const { held } = context.input;
  const before = (held ?? tokens).with({ refreshToken, refreshExpiresAt });
  const kept = succeed(context, token, { tokens: before, extra: before.extra });
  return { by: 'refresh', tokens: kept, startedAt };
}

/** Counts the refresh, and makes the new tokens the newest of their family. */
function succeed(
  context: GrantContext,
  token: RefreshToken,
  { tokens, extra }: Pick<TokenSetFields, 'extra'> & { tokens: TokenSet },
): TokenSet {
  const { families, grants } = context;
  const family = familyOf(context, token);
  const refreshes = (token.of?.refreshes ?? 0) + 1;
  const next = tokens.with({ refreshes, family: family?.key, extra });
  family?.continueWith(next);
  if (family) families.note(grants.refreshTokenKey(next.refreshToken!), family);
  return next;
}

/** The family of a refresh token; `undefined`: a login has brought the token. */
function familyOf({ account }: GrantContext, { of }: RefreshToken): RefreshTokenFamily | undefined {
  return hasOwnRefreshToken(of) ? undefined : account.family;
}

function inHalfTheTime<T>(
  { tools }: GrantContext,
  work: (tools: AttemptTools) => Promise<T>,
): Promise<T> {
  const { clock, deadline } = tools;
  const ms = Math.max(0, (deadline - clock.monotonic()) / 2);
  const late = () => timedOut(Math.round(ms), 'token request');
  return withDeadline(clock, ms, late, (signal) =>
    work({
      ...tools,
      signal: AbortSignal.any([tools.signal, signal]),
      requestSignal: AbortSignal.any([tools.requestSignal, signal]),
      graceful: AbortSignal.any([tools.graceful, signal]),
      deadline: clock.monotonic() + ms,
      latest: clock.monotonic() + ms,
    }),
  );
}

/** Makes the attempts of one grant. */
export function ask(attempt: TokenAttempt, tools: AttemptTools): Promise<Granted> {
  return attempts(attempt.policy, tools, async (startedAt) => ({
    tokens: await attempt.run(tools, startedAt),
    startedAt,
  }));
}

import { attempts, forRefreshToken, notAfter, type AttemptTools } from '../core/attempts.js';
import { backOff } from '../account/backoff.js';
import { OAuth2ClientError } from '../core/errors.js';
import { reauthenticationRequired, timedOut } from './flight-failures.js';
import type { RefreshChain } from '../account/refresh-chain.js';
import { isOwn, refreshTokenOf, type RefreshToken } from '../account/refresh-candidates.js';
import type { Answer, Renewal } from '../account/renewal-outcome.js';
import type { RenewalContext } from './renewal-context.js';
import { replacedBy } from '../sharing/replaced-by.js';
import type { Means } from '../sharing/shared-renewal.js';
import type { Slot } from '../account/slot.js';
import type { TokenSet, TokenSetFields } from '../core/token-set.js';
import { RefreshTokenOnly, type PreparedGrants, type TokenAttempt } from '../core/token-source.js';
import { targetKey } from '../core/token-target.js';
import { withDeadline } from '../util/waiting.js';

/** What came of the refresh token of an account. */
interface Refreshed {
  /** A token, of ours or of another instance. */
  readonly renewal?: Renewal | undefined;
  /** Why there is none; `undefined`: there was no refresh token to try. */
  readonly failure?: OAuth2ClientError | undefined;
  /** The failed refresh was the first one since the login. */
  readonly wasFirst?: boolean | undefined;
  /** A response of which only the new refresh token is of use. */
  readonly kept?: Renewal | undefined;
}

/**
 * Asks the token endpoint for a token: by refresh token, else by login. After a failed refresh the same renewal
 * logs in, if there is a login. If the failure shows that a login would fail in the same way, only the next
 * renewal logs in.
 */
export async function acquire(
  context: RenewalContext,
  grants: PreparedGrants,
  means: Means,
): Promise<Renewal> {
  const { provider, source, slot, tools } = context;
  const { login } = grants;
  const isFirst = !slot.backoff?.failures; // no renewal has failed since the last token
  const refreshed = await byRefreshToken(context, grants, means, isFirst);
  const { renewal, failure, kept } = refreshed;
  if (renewal) return renewal;
  if (!login) {
    if (means.withheld) throw means.withheld;
    if (kept && failure) return { ...kept, failure };
    if (failure && !failure.grantRefused) throw failure;
    throw reauthenticationRequired(provider, failure, means.mayBeSpent);
  }
  if (failure && isFirst && meetsLogin(failure)) throw failure;
  try {
    // A process that was stopped meanwhile fails here: another instance may have renewed the token.
    await notAfter(tools.deadline, tools);
    const answer = await ask(login, tools);
    if (refreshed.wasFirst && !source.refreshDocumented) slot.refreshRefused = true;
    const replaces = replacedBy(answer.tokens, means.held);
    return { by: 'login', ...answer, refusal: failure, replaces };
  } catch (error) {
    if (kept && error instanceof OAuth2ClientError) return { ...kept, failure: error };
    tools.signal.throwIfAborted();
    throw error;
  }
}

/** Whether a failed refresh shows that a login would meet the same. */
function meetsLogin({ code, status, retryAfter }: OAuth2ClientError): boolean {
  if (code === 'TOKEN_ENDPOINT_UNREACHABLE' || code === 'THROTTLED') return true;
  return status === 503 && retryAfter !== undefined;
}

async function byRefreshToken(
  context: RenewalContext,
  grants: PreparedGrants,
  means: Means,
  isFirst: boolean,
): Promise<Refreshed> {
  const { source, tools } = context;
  if (means.withheld) return {};
  const limit = source.refreshLimit ?? Infinity;
  const token = refreshTokenOf(context.slot, grants, means.held, tools.clock.now(), limit);
  if (!token) return {};
  throwIfRefused(context, token);
  await notAfter(tools.latest, tools);
  try {
    const work = (within: AttemptTools) => refresh(context, grants, token, within);
    // A refresh that hangs must leave time for the login.
    const isBounded = !isFirst && grants.login !== undefined;
    return { renewal: await (isBounded ? inHalfTheTime(context, work) : work(tools)) };
  } catch (error) {
    if (error instanceof RefreshTokenOnly) {
      return { kept: keptOf(context, grants, token, error, means.held), failure: error.failure };
    }
    tools.signal.throwIfAborted();
    if (!(error instanceof OAuth2ClientError)) throw error;
    const renewal = await afterRefusal(context, grants, means, token, error);
    const wasFirst = (token.of?.refreshes ?? 0) === 0;
    return renewal ? { renewal } : { failure: error, wasFirst };
  }
}

/**
 * A refused refresh token is tried rarely, however many subjects are configured with it. The caller may ask
 * for an attempt nevertheless.
 */
function throwIfRefused(context: RenewalContext, token: RefreshToken): void {
  const { slot, tools } = context;
  const refusal = familyOf(slot, token)?.refusals.get(askerOf(context));
  if (!refusal || slot.backoff?.isLifted) return;
  if (tools.clock.monotonic() < refusal.notBefore) throw refusal.failure;
}

/** The accounts that a refusal holds for: another client, scope or resource may be the reason for it. */
function askerOf({ provider, slot: { target } }: RenewalContext): string {
  const { scope, resource } = target;
  return `${provider} ${targetKey({ scope, resource })}`;
}

/** Gives a refresh token up where there is evidence against it and another way to get a token. */
async function afterRefusal(
  context: RenewalContext,
  grants: PreparedGrants,
  means: Means,
  token: RefreshToken,
  failure: OAuth2ClientError,
): Promise<Renewal | undefined> {
  if (!failure.grantRefused) return undefined;
  const { slot, provider, tools } = context;
  const chain = familyOf(slot, token);
  if (grants.login) {
    chain?.end();
    slot.forget(token.refreshToken);
  } else if (chain) {
    const asker = askerOf(context);
    const required = reauthenticationRequired(provider, failure);
    const now = tools.clock.monotonic();
    const refusal = backOff(chain.refusals.get(asker), required, undefined, false, now);
    chain.refusals.set(asker, refusal);
  }
  return means.meanwhile?.(!grants.login);
}

async function refresh(
  context: RenewalContext,
  grants: PreparedGrants,
  token: RefreshToken,
  tools: AttemptTools,
): Promise<Renewal> {
  const { refreshToken, of: before } = token;
  const attempt = grants.refresh!(refreshToken, before);
  const { tokens, startedAt } = await ask(attempt, forRefreshToken(tools));
  const kept = successor(context, grants, token, {
    // A response without a refresh token leaves the old one valid (RFC 6749 §6).
    tokens: tokens.with({ refreshToken: tokens.refreshToken ?? refreshToken }),
    // What only the response to a login has, such as the base URL of the account, is kept.
    extra: Object.freeze({ ...before?.extra, ...tokens.extra }),
  });
  return { by: 'refresh', tokens: kept, startedAt };
}

/**
 * The refresh token of a response that is of no use otherwise: the one before it is used. The access token
 * of the account stays, not that of the account that was the last to use the family.
 */
function keptOf(
  context: RenewalContext,
  grants: PreparedGrants,
  token: RefreshToken,
  { tokens: { refreshToken, refreshExpiresAt }, tokens, startedAt }: RefreshTokenOnly,
  held: TokenSet | undefined,
): Renewal {
  const before = (held ?? tokens).with({ refreshToken, refreshExpiresAt });
  const kept = successor(context, grants, token, { tokens: before, extra: before.extra });
  return { by: 'refresh', tokens: kept, startedAt };
}

/** The tokens that take the place of those that were refreshed, with which their family goes on. */
function successor(
  { slot, chains }: RenewalContext,
  grants: PreparedGrants,
  token: RefreshToken,
  { tokens, extra }: Pick<TokenSetFields, 'extra'> & { tokens: TokenSet },
): TokenSet {
  const chain = familyOf(slot, token);
  const refreshes = (token.of?.refreshes ?? 0) + 1;
  const next = tokens.with({ refreshes, family: chain?.key, extra });
  chain?.goOn(next);
  if (chain) chains.note(grants.refreshTokenKey(next.refreshToken!), chain);
  return next;
}

/** The family that a refresh token belongs to; `undefined`: a login has brought it. */
function familyOf({ chain }: Slot, { of }: RefreshToken): RefreshChain | undefined {
  return isOwn(of) ? undefined : chain;
}

function inHalfTheTime<T>(
  { provider, tools }: RenewalContext,
  work: (tools: AttemptTools) => Promise<T>,
): Promise<T> {
  const { clock, deadline } = tools;
  const ms = Math.max(0, (deadline - clock.monotonic()) / 2);
  const late = () => timedOut(provider, Math.round(ms), 'token request');
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

function ask(attempt: TokenAttempt, tools: AttemptTools): Promise<Answer> {
  return attempts(attempt.policy, tools, async (startedAt) => ({
    tokens: await attempt.run(tools, startedAt),
    startedAt,
  }));
}

import { identify, type Identity } from './account-identity.js';
import { attempts, notAfter, type AttemptTools } from './attempts.js';
import type { Backoff, Tried } from './backoff.js';
import { OAuth2ClientError } from './errors.js';
import type { Answer, Renewal } from './renewal-outcome.js';
import { isOwn, refreshTokens, type RefreshToken } from './refresh-candidates.js';
import type { RefreshChains } from './refresh-chains.js';
import type { SharedAccount } from './shared-account.js';
import { inSharedTurn } from './shared-chain.js';
import { withheld } from './shared-failures.js';
import { renewShared, type Means } from './shared-renewal.js';
import type { Slot } from './slot.js';
import type { PreparedGrants, TokenAttempt, TokenSource } from './token-source.js';

/** What a renewal works with. */
export interface RenewalContext {
  readonly provider: string;
  readonly source: TokenSource;
  readonly slot: Slot;
  readonly tools: AttemptTools;
  /** Called once the credentials are there. */
  readonly onPrepared: (tried: Tried) => void;
  /** An account in the shared store, by its key. */
  readonly shared: ((key: string) => SharedAccount) | undefined;
  /** The refresh token families of the provider. */
  readonly chains: RefreshChains;
}

/**
 * Renews the token of a slot: from the store, by a refresh token, or by login.
 *
 * @param known what the slot is held back by: its failure is thrown again without asking anyone, unless
 * the credentials have changed since
 */
export async function renew(context: RenewalContext, known: Backoff | undefined): Promise<Renewal> {
  const { provider, source, slot, tools, shared } = context;
  const grants = await source.prepare(slot.target).catch((error: unknown) => {
    throw known?.failure ?? error;
  });
  tools.signal.throwIfAborted(); // the flight may have ended while a vault was slow
  const { configuredRefreshToken } = grants;
  if (known && isSame(known.tried, grants)) throw known.failure;
  context.onPrepared({ accountKey: grants.accountKey, configuredRefreshToken });
  const identity = await identify(grants, slot, { ...context, clock: tools.clock });
  if (!identity.isUnsure) slot.join(identity.chain);
  const { accountKey: key } = identity;
  const acquire = (means: Means) => acquireBy(context, grants, identity, means);
  if (!shared) {
    const result = await acquire({ held: slot.heldUnder(key) });
    return { ...result, stored: { key, version: undefined } };
  }
  return renewShared({ account: shared(key), provider, slot, tools, acquire });
}

function isSame(tried: Tried | undefined, { accountKey, configuredRefreshToken }: Tried): boolean {
  return (
    tried?.accountKey === accountKey && tried.configuredRefreshToken === configuredRefreshToken
  );
}

function acquireBy(
  context: RenewalContext,
  grants: PreparedGrants,
  { chain, isUnsure }: Identity,
  means: Means,
): Promise<Renewal> {
  const { provider, tools, shared } = context;
  const acquire = (means: Means) => acquireNow(context, grants, means);
  if (!chain) return acquire(means);
  if (isUnsure) return acquire({ ...means, withheld: withheld(provider, true) });
  const inTurn = (means: Means) => chain.inTurn(tools.signal, () => acquire(means));
  if (!shared) return inTurn(means);
  const { refreshTokenKey } = grants;
  return inSharedTurn({ ...context, shared, chain, refreshTokenKey }, means, inTurn);
}

async function acquireNow(
  context: RenewalContext,
  grants: PreparedGrants,
  means: Means,
): Promise<Renewal> {
  const { provider, source, slot, tools } = context;
  let refusal: OAuth2ClientError | undefined;
  const { refreshLimit = Infinity } = source;
  const candidates = means.withheld
    ? []
    : refreshTokens(slot, grants, means.held, tools.clock.now(), refreshLimit);
  for (const token of candidates) {
    await notAfter(tools.latest, tools);
    try {
      return await refresh(context, grants, token);
    } catch (error) {
      if (!(error instanceof OAuth2ClientError) || error.retryable) throw error;
      refusal = error;
      const ofOthers = isRefusalOfToken(error) && (await means.meanwhile?.(!grants.login));
      if (ofOthers) return ofOthers;
    }
  }
  if (!grants.login) {
    if (means.withheld) throw means.withheld;
    throw refusal && !isRefusalOfToken(refusal)
      ? refusal
      : reauthenticationRequired(provider, refusal, means.mayBeSpent);
  }
  const answer = await ask(grants.login, tools);
  if (refusal && !source.refreshDocumented) slot.refreshRefused = true;
  return { by: 'login', ...answer, refusal };
}

async function refresh(
  { slot, tools, chains }: RenewalContext,
  grants: PreparedGrants,
  { refreshToken, of: before }: RefreshToken,
): Promise<Renewal> {
  const chain = isOwn(before) ? undefined : slot.chain;
  try {
    const answer = await ask(grants.refresh!(refreshToken, before?.accessToken), tools);
    const { tokens, startedAt } = answer;
    // An answer without a refresh token leaves the old one valid (RFC 6749 §6).
    const { refreshToken: next = refreshToken } = tokens;
    const kept = tokens.with({
      refreshToken: next,
      refreshes: (before?.refreshes ?? 0) + 1,
      family: chain?.key,
      // What only a login tells, such as the base URL of the account, holds on.
      extra: Object.freeze({ ...before?.extra, ...tokens.extra }),
    });
    chain?.goOn(kept);
    if (chain) chains.note(grants.refreshTokenKey(next), chain);
    return { by: 'refresh', tokens: kept, startedAt };
  } catch (error) {
    const refused = error instanceof OAuth2ClientError && !error.retryable;
    if (refused && isRefusalOfToken(error)) {
      chain?.end();
      slot.forget(refreshToken);
    }
    throw error;
  }
}

/** Errors that leave the refresh token as good as it was (RFC 6749 §5.2, RFC 8707 §2). */
const ABOUT_REQUEST = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_request',
  'invalid_scope',
  'invalid_target',
  'unsupported_grant_type',
]);

/** One that answered with tokens, though not with ones that are of use, has refused nothing. */
function isRefusalOfToken({ code, error }: OAuth2ClientError): boolean {
  return code !== 'TOKEN_RESPONSE_INVALID' && !ABOUT_REQUEST.has(error ?? '');
}

function ask(attempt: TokenAttempt, tools: AttemptTools): Promise<Answer> {
  return attempts(attempt.policy, tools, async (startedAt) => ({
    tokens: await attempt.run(tools.signal, startedAt),
    startedAt,
  }));
}

function reauthenticationRequired(
  provider: string,
  refusal: OAuth2ClientError | undefined,
  mayBeSpent = false,
): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'REAUTHENTICATION_REQUIRED',
    provider,
    stage: 'token request',
    reason: mayBeSpent
      ? 'The refresh token is refused: an instance that ended in the middle of a renewal may have spent it, and its successor is lost. There is no other grant to log in with.'
      : 'The refresh token is spent or refused, and there is no other grant to log in with.',
    hint: 'Obtain a new refresh token and configure it as `refreshToken`.',
    status: refusal?.status,
    error: refusal?.error,
    errorDescription: refusal?.errorDescription,
    cause: refusal,
  });
}

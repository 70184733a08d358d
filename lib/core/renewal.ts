import { attempts, forRefreshToken, notAfter, type AttemptTools } from './attempts.js';
import type { Backoff, Tried } from './backoff.js';
import { OAuth2ClientError } from './errors.js';
import type { Answer, Renewal } from './renewal-outcome.js';
import { fingerprint, type RefreshChain } from './refresh-chain.js';
import type { SharedAccount } from './shared-account.js';
import { inSharedTurn } from './shared-chain.js';
import { renewShared, type Means } from './shared-renewal.js';
import type { Slot } from './slot.js';
import type { TokenSet } from './token-set.js';
import type { PreparedGrants, TokenAttempt, TokenSource } from './token-source.js';
import { abandonable } from './waiting.js';

/** Refresh tokens that are remembered as spent: an instance may be configured with an older one. */
const SPENT_KEPT = 10;

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
}

/**
 * Renews the token of a slot: from the store, by a refresh token, or by login.
 *
 * @param known what the slot is held back by: its failure is thrown again without asking anyone, unless
 * the credentials have changed since
 */
export async function renew(context: RenewalContext, known: Backoff | undefined): Promise<Renewal> {
  const { provider, source, slot, tools, shared } = context;
  const grants = await abandonable(source.prepare(slot.target), tools.signal).catch(
    (error: unknown) => {
      throw known?.failure ?? error;
    },
  );
  tools.signal.throwIfAborted(); // the flight may have ended while a vault was slow
  const { accountKey, configuredRefreshToken } = grants;
  if (known && isSame(known.tried, grants)) throw known.failure;
  context.onPrepared({ accountKey, configuredRefreshToken });
  const acquire = (means: Means) => acquireBy(context, grants, means);
  if (!shared) return acquire({ held: slot.tokens });
  const account = shared(accountKey);
  // What others have met says nothing about a refresh token that was configured since.
  const heedsFailures = !isUntried(slot.chain, configuredRefreshToken);
  const renewal = await renewShared({ account, provider, slot, tools, heedsFailures, acquire });
  if (renewal.by === 'store') slot.chain?.learnSpent(renewal.tokens, configuredRefreshToken);
  return renewal;
}

function isSame(tried: Tried | undefined, { accountKey, configuredRefreshToken }: Tried): boolean {
  return (
    tried?.accountKey === accountKey && tried.configuredRefreshToken === configuredRefreshToken
  );
}

function acquireBy(
  context: RenewalContext,
  grants: PreparedGrants,
  means: Means,
): Promise<Renewal> {
  const { provider, slot, tools, shared } = context;
  const { chain } = slot;
  if (!chain) return acquireNow(context, grants, means);
  const inTurn = (means: Means) =>
    chain.inTurn(tools.signal, () => acquireNow(context, grants, means));
  if (!shared) return inTurn(means);
  const { chainKey, configuredRefreshToken: configured } = grants;
  const account = shared(chainKey);
  return inSharedTurn({ account, chain, configured, provider, tools }, means, inTurn);
}

async function acquireNow(
  { provider, source, slot, tools }: RenewalContext,
  grants: PreparedGrants,
  means: Means,
): Promise<Renewal> {
  let refusal: OAuth2ClientError | undefined;
  const { refreshLimit = Infinity } = source;
  const newest = slot.chain ? slot.chain.newest : means.held;
  const candidates = means.withheld
    ? []
    : refreshTokens(slot, grants, newest, tools.clock.now(), refreshLimit);
  for (const token of candidates) {
    await notAfter(tools.latest, tools);
    try {
      return await refresh(slot, grants, token, newest?.spent, tools);
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
  const { tokens, startedAt } = await ask(grants.login, tools);
  // What was spent before stays spent, whoever is configured with it.
  const answer = {
    tokens: slot.chain ? tokens.with({ spent: newest?.spent }) : tokens,
    startedAt,
  };
  if (slot.chain) slot.chain.newest = answer.tokens;
  if (refusal && !source.refreshDocumented) slot.refreshRefused = true;
  return { by: 'login', ...answer, refusal };
}

function isUntried(
  chain: RefreshChain | undefined,
  configured: string | undefined,
): configured is string {
  return chain !== undefined && configured !== undefined && chain.spent !== configured;
}

/** A refresh token, and the token set that it came with. */
interface RefreshToken {
  readonly refreshToken: string;
  readonly of: TokenSet | undefined;
}

/**
 * The configured one, if it has not been spent here and so is news, then the newest one: that of the
 * store, of the subject's chain, or of the account.
 */
function refreshTokens(
  slot: Slot,
  grants: PreparedGrants,
  newest: TokenSet | undefined,
  now: number,
  limit: number,
): RefreshToken[] {
  if (!grants.refresh || slot.refreshRefused) return [];
  const { chain } = slot;
  const configured = grants.configuredRefreshToken;
  const isNews = isUntried(chain, configured) && !newest?.spent.includes(fingerprint(configured));
  const isSame = isNews && newest?.refreshToken === configured;
  const isLiving = (newest?.refreshExpiresAt ?? Infinity) > now;
  const candidates: RefreshToken[] =
    isNews && !isSame ? [{ refreshToken: configured, of: undefined }] : [];
  if (newest?.refreshToken !== undefined && isLiving && newest.refreshes < limit) {
    candidates.push({ refreshToken: newest.refreshToken, of: newest });
  }
  return candidates;
}

async function refresh(
  slot: Slot,
  grants: PreparedGrants,
  { refreshToken, of: before }: RefreshToken,
  spent: readonly string[] | undefined,
  tools: AttemptTools,
): Promise<Renewal> {
  const { chain } = slot;
  try {
    const answer = await ask(
      grants.refresh!(refreshToken, before?.accessToken),
      forRefreshToken(tools),
    );
    const { tokens, startedAt } = answer;
    const kept = tokens.with({
      // An answer without a refresh token leaves the old one valid (RFC 6749 §6).
      refreshToken: tokens.refreshToken ?? refreshToken,
      refreshes: (before?.refreshes ?? 0) + 1,
      spent: chain && spentWith(spent, refreshToken),
      // What only a login tells, such as the base URL of the account, holds on.
      extra: Object.freeze({ ...before?.extra, ...tokens.extra }),
    });
    chain?.goOn(refreshToken, kept, grants.configuredRefreshToken);
    return { by: 'refresh', tokens: kept, startedAt };
  } catch (error) {
    const refused = error instanceof OAuth2ClientError && !error.retryable;
    if (refused && isRefusalOfToken(error)) {
      chain?.goOn(refreshToken, undefined, grants.configuredRefreshToken);
      slot.forget(refreshToken);
    }
    throw error;
  }
}

/** The first one, which may be configured elsewhere, and the latest. */
function spentWith(before: readonly string[] = [], refreshToken: string): readonly string[] {
  const spent = [...new Set([...before, fingerprint(refreshToken)])];
  return [...spent.slice(0, 1), ...spent.slice(1).slice(1 - SPENT_KEPT)];
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
    tokens: await attempt.run(tools, startedAt),
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

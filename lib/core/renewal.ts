import { acquire } from './acquisition.js';
import { isNews, type Backoff } from './backoff.js';
import { isUntried } from './refresh-candidates.js';
import type { RenewalContext } from './renewal-context.js';
import type { Renewal } from './renewal-outcome.js';
import { inSharedTurn } from './shared-chain.js';
import { renewShared, type Means } from './shared-renewal.js';
import type { PreparedGrants } from './token-source.js';
import { abandonable } from './waiting.js';

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
  if (known && !isNews(known, grants, tools.clock.monotonic())) throw known.failure;
  context.onPrepared({ accountKey, configuredRefreshToken });
  const acquireHere = (means: Means) => acquireBy(context, grants, means);
  if (!shared) return acquireHere({ held: slot.tokens });
  const account = shared(accountKey);
  // What others have met says nothing about a refresh token that was configured since.
  const heedsFailures = !slot.backoff?.isLifted && !isUntried(slot.chain, configuredRefreshToken);
  const renewal = await renewShared({
    account,
    provider,
    slot,
    tools,
    heedsFailures,
    acquire: acquireHere,
  });
  if (renewal.by === 'store') slot.chain?.learnSpent(renewal.tokens, configuredRefreshToken);
  return renewal;
}

function acquireBy(
  context: RenewalContext,
  grants: PreparedGrants,
  means: Means,
): Promise<Renewal> {
  const { provider, slot, tools, shared } = context;
  const { chain } = slot;
  if (!chain) return acquire(context, grants, means);
  const inTurn = (means: Means) =>
    chain.inTurn(tools.signal, () => acquire(context, grants, means));
  if (!shared) return inTurn(means);
  const { chainKey, configuredRefreshToken: configured } = grants;
  const account = shared(chainKey);
  return inSharedTurn({ account, chain, configured, provider, tools }, means, inTurn);
}

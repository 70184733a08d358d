import { identify, type Identity } from '../sharing/account-identity.js';
import { acquire } from './acquisition.js';
import { isNews, type Backoff } from '../account/backoff.js';
import type { RenewalContext } from './renewal-context.js';
import type { Renewal } from '../account/renewal-outcome.js';
import { inSharedTurn } from '../sharing/shared-chain.js';
import { withheld } from '../sharing/shared-failures.js';
import { renewShared, type Means } from '../sharing/shared-renewal.js';
import type { PreparedGrants } from '../core/token-source.js';
import { abandonable } from '../util/waiting.js';

/**
 * Renews the token of a slot: from the store, by a refresh token, or by login.
 *
 * @param known what the slot is held back by: its failure is thrown again without asking anyone, unless
 * the credentials have changed since
 */
export async function renew(context: RenewalContext, known: Backoff | undefined): Promise<Renewal> {
  const { provider, source, slot, tools, shared } = context;
  const { clock, signal } = tools;
  const grants = await abandonable(source.prepare(slot.target), signal).catch((error: unknown) => {
    throw known?.failure ?? error;
  });
  signal.throwIfAborted(); // the flight may have ended while a vault was slow
  const { accountKey, configuredRefreshToken } = grants;
  if (known && !isNews(known, grants, clock.monotonic())) throw known.failure;
  slot.credentials = grants.credentials;
  context.onPrepared({ accountKey, configuredRefreshToken });
  const identity = await identify(grants, slot, { ...context, clock });
  if (!identity.isUnsure) slot.join(identity.chain);
  const { accountKey: key } = identity;
  const acquireHere = (means: Means) => acquireBy(context, grants, identity, means);
  if (!shared) {
    const result = await acquireHere({ held: slot.heldUnder(key) });
    return { ...result, stored: { key, version: undefined } };
  }
  const account = shared(key);
  const heedsFailures = !slot.backoff?.isLifted;
  return renewShared({ account, provider, slot, tools, heedsFailures, acquire: acquireHere });
}

function acquireBy(
  context: RenewalContext,
  grants: PreparedGrants,
  { chain, isUnsure }: Identity,
  means: Means,
): Promise<Renewal> {
  const { provider, tools, shared } = context;
  const acquireNow = (means: Means) => acquire(context, grants, means);
  if (!chain) return acquireNow(means);
  if (isUnsure) return acquireNow({ ...means, withheld: withheld(provider, true) });
  const inTurn = (means: Means) => chain.inTurn(tools.signal, () => acquireNow(means));
  if (!shared) return inTurn(means);
  const { refreshTokenKey } = grants;
  return inSharedTurn({ ...context, shared, chain, refreshTokenKey }, means, inTurn);
}

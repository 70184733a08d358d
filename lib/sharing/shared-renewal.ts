import { notAfter, type AttemptTools } from '../core/attempts.js';
import { instant, type Clock } from '../util/clock.js';
import { OAuth2ClientError } from '../core/errors.js';
import type { Renewal } from '../account/renewal-outcome.js';
import { replacedBy } from './replaced-by.js';
import { isNewer, type Found, type SharedAccount } from './shared-account.js';
import { failureOf, MetElsewhere, withheld } from './shared-failures.js';
import { lockOf, type HeldLock } from './shared-lock.js';
import { UNAVAILABLE } from './shared-store.js';
import type { Slot } from '../account/slot.js';
import type { TokenSet } from '../core/token-set.js';
import type { StoredAccount, StoredFailure } from '../core/token-store.js';
import { sleep } from '../util/waiting.js';

/** Milliseconds that a token from the store must still live to be worth taking. */
const WORTH_TAKING = 1_000;

/** Milliseconds in which somebody who was first with a refresh token has left word of it. */
const GRACE = { least: 700, spread: 600 };

/** What there is to renew by. */
export interface Means {
  /** With the newest refresh token of the account. */
  readonly held: TokenSet | undefined;
  /** Why its refresh token cannot be spent now: somebody else may have done so. */
  readonly withheld?: OAuth2ClientError | undefined;
  /** What somebody else has obtained since; with `patience` they get a moment to leave it. */
  readonly meanwhile?: (patience: boolean) => Promise<Renewal | undefined>;
  /** Whether an instance that has died may have spent the refresh token. */
  readonly mayBeSpent?: boolean | undefined;
}

/** What a renewal through the store is made of. */
export interface SharedRenewal {
  readonly account: SharedAccount;
  readonly provider: string;
  readonly slot: Slot;
  readonly tools: AttemptTools;
  /** Whether a failure that others have met holds this one back, too. */
  readonly heedsFailures: boolean;
  /** Asks the token endpoint. */
  readonly acquire: (means: Means) => Promise<Renewal>;
}

/**
 * Renews through the store: takes what somebody else has obtained, else obtains it, one at a time. What
 * was obtained is left in the store by `keep`, which is not bound by the deadline of the flight: the
 * refresh token is spent. Without the store a login goes on, and a refresh token is not spent.
 */
export async function renewShared(renewal: SharedRenewal): Promise<Renewal> {
  const { account, slot, tools } = renewal;
  await slot.withdrawal;
  const { backoff } = slot;
  const first = await account.lookUp();
  const taken = outcomeOf(renewal, first);
  if (taken) return taken;
  const meanwhile = async () => outcomeOf(renewal, await account.lookUp());
  slot.isHeldElsewhere = true;
  const lock = first === UNAVAILABLE ? UNAVAILABLE : await lockOf(account, tools, meanwhile);
  slot.isHeldElsewhere = false;
  if (lock === UNAVAILABLE) {
    await notAfter(tools.deadline, tools);
    return acquired(renewal, UNAVAILABLE, undefined);
  }
  if ('by' in lock) return lock;
  let failure: StoredFailure | undefined;
  let isOver = true;
  try {
    const found = await account.lookUp(); // somebody may have renewed while we waited for the lock
    await notAfter(tools.deadline, tools);
    const theirs = outcomeOf(renewal, found);
    if (theirs) return theirs;
    const result = await acquired(renewal, found, lock);
    isOver = result.keep === undefined; // else the lock goes once it is left in the store
    return result;
  } catch (error) {
    failure = failureOf(error, backoff, slot.usable(tools.clock) !== undefined);
    throw error;
  } finally {
    if (isOver) await lock.release(failure);
  }
}

async function acquired(
  renewal: SharedRenewal,
  found: Found,
  lock: HeldLock | undefined,
): Promise<Renewal> {
  const { slot } = renewal;
  const isNews = found !== UNAVAILABLE && isNewer(found, knownVersion(renewal));
  const replaces = found === UNAVAILABLE ? knownVersion(renewal) : found.version;
  const { stored } = slot;
  const result = await renewal.acquire({
    held: isNews && found.tokens ? found.tokens : slot.heldUnder(renewal.account.key),
    withheld:
      found === UNAVAILABLE || (isNews && !found.tokens)
        ? withheld(renewal.provider, found === UNAVAILABLE)
        : undefined,
    meanwhile: (patience) => laterThan(renewal, replaces, patience),
    mayBeSpent: lock?.wasAbandoned,
  });
  if (result.by === 'store') return result;
  const version = () => (slot.stored === stored ? replaces : slot.stored?.version);
  return { ...result, keep: () => leave(renewal, result, version, lock) };
}

/** Leaves tokens in the store; where somebody else was first, theirs count. */
async function leave(
  renewal: SharedRenewal,
  result: Renewal,
  version: () => string | undefined,
  lock: HeldLock | undefined,
): Promise<Renewal> {
  const { account, slot } = renewal;
  const { key } = account;
  const { flight } = slot;
  await result.keep?.();
  const tokens = slot.recordOf(result.tokens);
  const written = await account.write(tokens, version);
  const replaced = version();
  if (written === UNAVAILABLE && tokens.refreshToken !== undefined) {
    account.writeLater(tokens, {
      // Until the flight is over they are not adopted yet.
      isNews: () => slot.tokens === tokens || (flight !== undefined && slot.flight === flight),
      lock,
      account: () => slot.label,
      version: () => (slot.stored?.key === key ? slot.stored.version : replaced),
      onWritten: (newer) => void (slot.stored = { key, version: newer }),
    });
  } else await lock?.release();
  if (typeof written === 'string') return { ...result, stored: { key, version: written } };
  const theirs = written === undefined ? await laterThan(renewal, replaced, false) : undefined;
  if (!theirs) return { ...result, stored: { key, version: replaced } };
  // Whoever was first replaces what was there before. A login of ours is of no use to anybody.
  const isLogin = result.by === 'login';
  return { ...theirs, replaces: isLogin ? replacedBy(theirs.tokens, result.tokens) : undefined };
}

async function laterThan(
  renewal: SharedRenewal,
  version: string | undefined,
  patience: boolean,
): Promise<Renewal | undefined> {
  const { tools } = renewal;
  if (patience) {
    const grace = GRACE.least + tools.random() * GRACE.spread;
    // The refusal must be told before the flight is over.
    const left = (tools.deadline - tools.clock.monotonic()) / 2;
    await sleep(tools.clock, Math.min(grace, left), tools.signal);
  }
  return newerElsewhere(renewal.account, renewal.slot, tools.clock, version);
}

/**
 * What somebody else has obtained, if it is of use.
 *
 * @throws {MetElsewhere} what somebody else has met, as long as nobody may ask again
 */
function outcomeOf(renewal: SharedRenewal, found: Found): Renewal | undefined {
  if (found === UNAVAILABLE) return undefined;
  const { account, provider, slot, tools, heedsFailures } = renewal;
  const isNews = isNewer(found, knownVersion(renewal));
  const renewed = isNews ? taken(account, slot, tools.clock, found) : undefined;
  if (renewed || !found.failure || !heedsFailures) return renewed;
  const { details, retryInMs } = found.failure;
  const retryAfter = Math.ceil(retryInMs / 1_000);
  throw new MetElsewhere(new OAuth2ClientError({ ...details, provider, retryAfter }), retryInMs);
}

/** The version that memory has; what was under the key of other credentials says nothing here. */
function knownVersion({ slot: { stored }, account }: SharedRenewal): string | undefined {
  return stored?.key === account.key ? stored.version : undefined;
}

/**
 * The token that another instance has left in the store since, without asking anybody else.
 *
 * @param account where the slot has its tokens
 * @param known the version that it is to be newer than
 */
export async function newerElsewhere(
  account: SharedAccount,
  slot: Slot,
  clock: Clock,
  known: string | undefined,
): Promise<Renewal | undefined> {
  const found = await account.lookUp();
  if (found === UNAVAILABLE || !isNewer(found, known)) return undefined;
  return taken(account, slot, clock, found);
}

function taken(
  account: SharedAccount,
  slot: Slot,
  clock: Clock,
  { tokens, version }: StoredAccount,
): Renewal | undefined {
  if (!tokens || tokens.accessToken === slot.tokens?.accessToken) return undefined;
  // What was obtained here while the store was away is newer than what others had left there before.
  if (tokens.expiresAt < (slot.heldUnder(account.key)?.expiresAt ?? 0)) return undefined;
  if (tokens.expiresAt - clock.now() <= WORTH_TAKING) return undefined;
  return { by: 'store', tokens, startedAt: instant(clock), stored: { key: account.key, version } };
}

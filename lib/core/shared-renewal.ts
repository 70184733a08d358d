import type { AttemptTools } from './attempts.js';
import { instant } from './clock.js';
import { OAuth2ClientError } from './errors.js';
import type { Renewal } from './renewal-outcome.js';
import { isNewer, lookUp, type Found, type SharedAccount } from './shared-account.js';
import { failureOf, MetElsewhere, withheld } from './shared-failures.js';
import { askForLock, latestBegin, notLate } from './shared-lock.js';
import { UNAVAILABLE } from './shared-store.js';
import type { Slot } from './slot.js';
import type { TokenSet } from './token-set.js';
import type { StoredAccount, StoredFailure, TokenLock, TokenStore } from './token-store.js';
import { sleep } from './waiting.js';

/** Milliseconds between two looks at a lock that somebody else holds. */
const POLL = { least: 50, spread: 100 };

/** Milliseconds that a token from the store must still live to be worth taking. */
const WORTH_TAKING = 1_000;

/** Milliseconds in which somebody who was first with a refresh token has left word of it. */
const GRACE = { least: 700, spread: 600 };

/** What there is to renew by. */
export interface Means {
  /** With the newest refresh token that is known. */
  readonly held: TokenSet | undefined;
  /** Why its refresh token cannot be spent now: somebody else may have done so. */
  readonly withheld?: OAuth2ClientError | undefined;
  /** What somebody else has obtained since; with `patience` they get a moment to leave it. */
  readonly meanwhile?: (patience: boolean) => Promise<Renewal | undefined>;
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
  const { backoff } = renewal.slot;
  const first = await lookUp(renewal.account);
  const taken = outcomeOf(renewal, first);
  if (taken) return taken;
  const latest = latestBegin(renewal.tools);
  const lock = first === UNAVAILABLE ? UNAVAILABLE : await lockOf(renewal, latest);
  if (lock === UNAVAILABLE) return acquired(renewal, UNAVAILABLE, undefined);
  if ('by' in lock) return lock;
  const { store, onFailure } = renewal.account;
  let failure: StoredFailure | undefined;
  let isOver = true;
  // In any case: a lock that stays keeps everybody else out.
  const release = async () => void (await store.insist(() => lock.release(failure), onFailure));
  try {
    const found = await lookUp(renewal.account); // somebody may have renewed while we waited for the lock
    await notLate(renewal.tools, latest);
    const meanwhile = outcomeOf(renewal, found);
    if (meanwhile) return meanwhile;
    const result = await acquired(renewal, found, release);
    isOver = false; // the lock goes once it is left in the store
    return result;
  } catch (error) {
    const serving = renewal.slot.usable(renewal.tools.clock) !== undefined;
    failure = failureOf(error, backoff, serving);
    throw error;
  } finally {
    if (isOver) await release();
  }
}

async function acquired(
  renewal: SharedRenewal,
  found: Found,
  release: (() => Promise<void>) | undefined,
): Promise<Renewal> {
  const { slot } = renewal;
  const isNews = found !== UNAVAILABLE && isNewer(found, knownVersion(renewal));
  const replaces = found === UNAVAILABLE ? knownVersion(renewal) : found.version;
  const result = await renewal.acquire({
    held: isNews && found.tokens ? found.tokens : slot.tokens,
    withheld:
      found === UNAVAILABLE || (isNews && !found.tokens)
        ? withheld(renewal.provider, found === UNAVAILABLE)
        : undefined,
    meanwhile: (patience) => laterThan(renewal, replaces, patience),
  });
  if (result.by === 'store') {
    await release?.();
    return result;
  }
  return { ...result, keep: () => leave(renewal, result, replaces, release) };
}

/**
 * Leaves tokens in the store; where somebody else was first, theirs count. A refresh token is worth an
 * attempt although the store is left alone: others would spend the one before it.
 */
async function leave(
  renewal: SharedRenewal,
  result: Renewal,
  replaces: string | undefined,
  release: (() => Promise<void>) | undefined,
): Promise<Renewal> {
  const { key, store, onFailure } = renewal.account;
  const { refreshToken } = result.tokens;
  const write = (over: string | undefined) => {
    const operation = (store: TokenStore) => store.set(key, result.tokens, over);
    return refreshToken === undefined
      ? store.ask(operation, onFailure)
      : store.insist(operation, onFailure);
  };
  let version = await write(replaces);
  // Nothing is there any more: there is nobody to be late for.
  if (version === undefined && (await isEmpty(renewal))) version = await write(undefined);
  if (version === UNAVAILABLE && refreshToken !== undefined) {
    saveLater(renewal, result.tokens, replaces);
  }
  await release?.();
  if (typeof version === 'string') return { ...result, stored: { key, version } };
  const theirs = version === undefined ? await laterThan(renewal, replaces, false) : undefined;
  return theirs ?? { ...result, stored: { key, version: replaces } };
}

async function isEmpty(renewal: SharedRenewal): Promise<boolean> {
  const found = await lookUp(renewal.account);
  return found !== UNAVAILABLE && found.version === undefined;
}

/** A refresh token that nobody else has must not end with this process. */
function saveLater(
  { account: { store, key }, slot }: SharedRenewal,
  tokens: TokenSet,
  replaces: string | undefined,
): void {
  store.saveLater(key, async (store) => {
    if (slot.flight) throw new Error('not now'); // what comes of it decides whether this is still news
    if (slot.tokens !== tokens) return;
    const { version: there } = (await store.get(key)) ?? {};
    const version = await store.set(key, tokens, there === undefined ? undefined : replaces);
    if (version !== undefined) slot.stored = { key, version };
  });
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
  const found = await lookUp(renewal.account);
  if (found === UNAVAILABLE || !isNewer(found, version)) return undefined;
  return taken(renewal, found);
}

/**
 * What somebody else has obtained, if it is of use.
 *
 * @throws {MetElsewhere} what somebody else has met, as long as nobody may ask again
 */
function outcomeOf(renewal: SharedRenewal, found: Found): Renewal | undefined {
  if (found === UNAVAILABLE) return undefined;
  const { provider, heedsFailures } = renewal;
  const renewed = isNewer(found, knownVersion(renewal)) ? taken(renewal, found) : undefined;
  if (renewed || !found.failure || !heedsFailures) return renewed;
  const { details, retryIn } = found.failure;
  const retryAfter = Math.ceil(retryIn / 1_000);
  throw new MetElsewhere(new OAuth2ClientError({ ...details, provider, retryAfter }), retryIn);
}

/** The version that memory has; what was under the key of other credentials says nothing here. */
function knownVersion({ slot: { stored }, account }: SharedRenewal): string | undefined {
  return stored?.key === account.key ? stored.version : undefined;
}

function taken(
  { slot, account, tools: { clock } }: SharedRenewal,
  { tokens, version }: StoredAccount,
): Renewal | undefined {
  if (!tokens || tokens.accessToken === slot.tokens?.accessToken) return undefined;
  if (tokens.expiresAt - clock.now() <= WORTH_TAKING) return undefined;
  return { by: 'store', tokens, startedAt: instant(clock), stored: { key: account.key, version } };
}

/** Waits for the lock, as long as it is of use, and for what its holder obtains. */
async function lockOf(
  renewal: SharedRenewal,
  latest: number,
): Promise<TokenLock | Renewal | typeof UNAVAILABLE> {
  const { tools } = renewal;
  for (;;) {
    const lock =
      tools.clock.monotonic() < latest ? await askForLock(renewal.account, tools) : 'held';
    if (lock !== 'held') return lock;
    await sleep(tools.clock, POLL.least + tools.random() * POLL.spread, tools.signal);
    const meanwhile = outcomeOf(renewal, await lookUp(renewal.account));
    if (meanwhile) return meanwhile;
  }
}

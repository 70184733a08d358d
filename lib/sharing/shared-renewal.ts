import { recordOf, replacedBy } from '../core/token-set.js';
import type { Account } from '../account/account.js';
import type { RenewalResult } from '../account/renewal-result.js';
import { notAfter } from '../core/attempts.js';
import type { StoredAccount } from '../core/token-store.js';
import { instant, type Clock } from '../util/clock.js';
import { sleep } from '../util/waiting.js';
import { locked, type HeldLock } from './lock.js';
import { FailedElsewhere, failureOf, refreshBlocked } from './shared-failures.js';
import { isNewer, type Found, type SharedRecord } from './shared-record.js';
import { UNAVAILABLE } from './shared-store.js';
import type { RenewalRequest } from './sharing.js';

/** Milliseconds that a token from the store must still live. */
const SHORTEST_LIFE = 1_000;

/**
 * Milliseconds to wait after a refusal, because another instance may have used the refresh token first and may be
 * writing the new one.
 */
const GRACE = { least: 700, spread: 600 };

/** A renewal, and the record of its account in the store. */
export interface SharedRenewalRequest extends RenewalRequest {
  readonly record: SharedRecord;
}

/**
 * One renewal through the store: it takes what another instance has obtained, or obtains a token under the lock of the
 * account. If the store is unavailable, it logs in without the lock, and sends no refresh token.
 */
export class SharedRenewal {
  constructor(private readonly request: SharedRenewalRequest) {}

  async run(): Promise<RenewalResult> {
    const { account, record, tools } = this.request;
    await account.tombstoning;
    const first = await record.read();
    const newer = this.#newer(first);
    if (newer) return newer;
    if (first === UNAVAILABLE) return this.#underLock(UNAVAILABLE, undefined);
    account.isRenewedElsewhere = true;
    return locked(
      record,
      tools,
      (found, lock) => this.#underLock(found, lock),
      async () => this.#newer(await record.read()),
    );
  }

  /** Runs under the lock. Another instance may have renewed while this one waited for it. */
  async #underLock(found: Found, lock: HeldLock | undefined): Promise<RenewalResult> {
    const { account, tools } = this.request;
    account.isRenewedElsewhere = false;
    const { backoff } = account;
    try {
      await notAfter(tools.deadline, tools);
      return this.#newer(found) ?? (await this.#obtain(found, lock));
    } catch (error) {
      const isServing = account.usable(tools.clock) !== undefined;
      if (lock) lock.failure = failureOf(error, backoff, isServing);
      throw error;
    }
  }

  async #obtain(found: Found, lock: HeldLock | undefined): Promise<RenewalResult> {
    const { account, record, obtain } = this.request;
    const { stored } = account;
    const isAway = found === UNAVAILABLE;
    const isNews = !isAway && isNewer(found, this.#knownVersion);
    const isUnknown = isAway || (isNews && !found.tokens);
    const replaces = isAway ? this.#knownVersion : found.version;
    const result = await obtain({
      held: isNews && found.tokens ? found.tokens : account.tokensUnder(record.key),
      refreshBlocked: isUnknown ? refreshBlocked(isAway) : undefined,
      newerElsewhere: (patience) => this.#newerElsewhere(replaces, patience),
      mayBeUsed: lock?.wasAbandoned,
    });
    if (result.by === 'store') return result;
    if (lock) lock.isKept = true; // until the tokens are written
    const version = () => (account.stored === stored ? replaces : account.stored?.version);
    return { ...result, save: () => this.#save(result, version, lock) };
  }

  /**
   * Writes the obtained tokens. The deadline of the renewal does not limit this, because the old refresh token is used.
   * If another instance has written first, its tokens win.
   */
  async #save(
    result: RenewalResult,
    version: () => string | undefined,
    lock: HeldLock | undefined,
  ): Promise<RenewalResult> {
    const { account, record } = this.request;
    const { key } = record;
    const { renewal } = account;
    await result.save?.();
    const tokens = recordOf(result.tokens);
    const written = await record.write(tokens, version);
    const replaced = version();
    if (written === UNAVAILABLE && tokens.refreshToken !== undefined) {
      record.writeLater(tokens, {
        // The account adopts the tokens only when the renewal is over.
        isCurrent: () =>
          account.tokens === tokens || (renewal !== undefined && account.renewal === renewal),
        lock,
        account: () => account.label,
        version: () => (account.stored?.key === key ? account.stored.version : replaced),
        onWritten: (newer) => void (account.stored = { key, version: newer }),
      });
    } else await lock?.release();
    if (typeof written === 'string') return { ...result, stored: { key, version: written } };
    const isLate = written === undefined;
    const theirs = isLate ? await this.#newerElsewhere(replaced, false) : undefined;
    if (!theirs) return { ...result, stored: { key, version: replaced } };
    // The other instance revokes the tokens that both have replaced. This one revokes those of its own login, because
    // nobody uses them.
    const isLogin = result.by === 'login';
    return { ...theirs, replaces: isLogin ? replacedBy(theirs.tokens, result.tokens) : undefined };
  }

  /** The tokens that another instance has obtained since. With `patience`, this waits a moment for them. */
  async #newerElsewhere(
    version: string | undefined,
    patience: boolean,
  ): Promise<RenewalResult | undefined> {
    const { account, record, tools } = this.request;
    if (patience) {
      const grace = GRACE.least + tools.random() * GRACE.spread;
      // The renewal must report the refusal before its deadline.
      const left = (tools.deadline - tools.clock.monotonic()) / 2;
      await sleep(tools.clock, Math.min(grace, left), tools.signal);
    }
    return newerThan(version, account, record, tools.clock);
  }

  /**
   * The tokens in the record, if they are newer and of use.
   *
   * @throws {FailedElsewhere} as long as the failure of another instance holds this one back
   */
  #newer(found: Found): RenewalResult | undefined {
    if (found === UNAVAILABLE) return undefined;
    const { account, record, tools } = this.request;
    const newer = isNewer(found, this.#knownVersion);
    const result = newer ? usableFrom(found, account, record, tools.clock) : undefined;
    if (result || !found.failure || account.backoff?.isLifted) return result;
    throw FailedElsewhere.from(found.failure);
  }

  /** The version in memory. A version under the key of other credentials says nothing about this record. */
  get #knownVersion(): string | undefined {
    const { account, record } = this.request;
    return account.stored?.key === record.key ? account.stored.version : undefined;
  }
}

/**
 * Reads the tokens that another instance has written since, without asking the token endpoint.
 *
 * @param version the tokens must be newer than this version
 */
export async function newerThan(
  version: string | undefined,
  account: Account,
  record: SharedRecord,
  clock: Clock,
): Promise<RenewalResult | undefined> {
  const found = await record.read();
  if (found === UNAVAILABLE || !isNewer(found, version)) return undefined;
  return usableFrom(found, account, record, clock);
}

function usableFrom(
  { tokens, version }: StoredAccount,
  account: Account,
  { key }: SharedRecord,
  clock: Clock,
): RenewalResult | undefined {
  if (!tokens || tokens.accessToken === account.tokens?.accessToken) return undefined;
  // A token that was obtained here while the store was away is newer than what others had written before.
  if (tokens.expiresAt < (account.tokensUnder(key)?.expiresAt ?? 0)) return undefined;
  if (tokens.expiresAt - clock.now() <= SHORTEST_LIFE) return undefined;
  return { by: 'store', tokens, startedAt: instant(clock), stored: { key, version } };
}

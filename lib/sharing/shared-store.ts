import type { Clock } from '../util/clock.js';
import type { StoreNews } from '../core/events.js';
import { LateError, storeFailure, TracedStore, type StoreOperation } from './store-failure.js';
import type { TokenStore } from '../core/token-store.js';
import { withDeadline } from '../util/waiting.js';

/** Milliseconds that the store may take for one operation. */
const OPERATION = 250;

/** Milliseconds by which a timer is late where the process was stopped or blocked. */
const STALL = 50;

/** Milliseconds for which a store that has failed is left alone. */
const LEFT_ALONE = 1_000;

/** Milliseconds until a write that has failed is tried again, doubled each time: others wait for it. */
const RETRY = { first: 1_000, longest: 2_000 };

/** Writes that are tried again at the same time. */
const AT_ONCE = 100;

export type { StoreNews } from '../core/events.js';

type Tell = (news: StoreNews) => void;

/** A write that must not be lost. */
interface Unsaved {
  /** @returns whether there is nothing left to do */
  readonly write: (store: TokenStore) => Promise<boolean>;
  readonly tell: Tell;
  /** Label of the account that it is about. */
  readonly account?: (() => string | undefined) | undefined;
  /** What keeps others from using what the write replaces. */
  readonly lock?: PendingLock | undefined;
}

/** A lock that is held for as long as a write is pending. */
export interface PendingLock {
  /** Makes it last until the next attempt is over. */
  readonly hold: () => void;
  readonly release: () => Promise<void>;
}

/** What a provider was told of a store that fails. */
interface Trouble {
  /** Monotonic milliseconds. */
  readonly since: number;
  /** Operations that have failed and not worked since. */
  readonly operations: Set<StoreOperation | undefined>;
}

/** In place of what the store would have said. */
export const UNAVAILABLE = Symbol('the store is unavailable');

/**
 * A store with a deadline on everything that is asked of it. One that has failed is left alone for a
 * second, so that not every renewal waits for it. Its errors may quote a connection string, so they go
 * no further.
 */
export class SharedStore {
  #notBefore = -Infinity;
  /** Those who were told that it fails. */
  readonly #troubles = new Map<Tell, Trouble>();
  readonly #unsaved = new Map<string, Unsaved>();
  #retries = 0;
  #stopRetrying: (() => void) | undefined = undefined;
  #flushing: Promise<void> | undefined = undefined;

  constructor(
    private readonly store: TokenStore,
    private readonly clock: Clock,
  ) {}

  /** @param tell called when the store begins to fail, and when it answers again */
  async ask<T>(
    operation: (store: TokenStore) => Promise<T>,
    tell: Tell,
  ): Promise<T | typeof UNAVAILABLE> {
    if (this.clock.monotonic() < this.#notBefore) return UNAVAILABLE;
    const answer = await this.insist(operation, tell);
    if (answer === UNAVAILABLE) this.#notBefore = this.clock.monotonic() + LEFT_ALONE;
    return answer;
  }

  /**
   * The same for what must be tried although the store is left alone.
   *
   * @param name of what is asked of a lock, and so not of the store
   */
  async insist<T>(
    operation: (store: TokenStore) => Promise<T>,
    tell: Tell,
    name?: 'release',
  ): Promise<T | typeof UNAVAILABLE> {
    const store = new TracedStore(this.store);
    try {
      const answer = await this.#inTime(async () => operation(store));
      this.#worked(store.asked ?? name);
      return answer;
    } catch (error) {
      this.#failed(store.asked ?? name, error, tell);
      return UNAVAILABLE;
    }
  }

  /** Tells of a failure once, until what has failed works again. */
  #failed(operation: StoreOperation | undefined, error: unknown, tell: Tell): void {
    const trouble = this.#troubles.get(tell);
    if (trouble) return void trouble.operations.add(operation);
    const since = this.clock.monotonic();
    this.#troubles.set(tell, { since, operations: new Set([operation]) });
    tell({ type: 'store failed', reason: storeFailure(operation, error, this.store.address) });
  }

  /** A store that can be read may still be too full to be written; one that can be written can be read. */
  #worked(operation: StoreOperation | undefined): void {
    if (operation === undefined) return; // it was not asked
    for (const [tell, { since, operations }] of this.#troubles) {
      if (operation === 'get') operations.delete('get');
      else operations.clear();
      if (operations.size > 0) continue;
      this.#troubles.delete(tell);
      const seconds = Math.ceil((this.clock.monotonic() - since) / 1_000);
      tell({ type: 'store recovered', seconds });
    }
  }

  /** Gives it its time once more if this process stood still meanwhile: that says nothing of the store. */
  async #inTime<T>(start: () => Promise<T>): Promise<T> {
    const begun = this.clock.monotonic();
    const late = new LateError(OPERATION);
    const work = start();
    const timeout = () => late;
    const inTime = () => withDeadline(this.clock, OPERATION, timeout, () => work);
    return inTime().catch((error: unknown) => {
      const stoodStill = this.clock.monotonic() - begun > OPERATION + STALL;
      if (error !== late || !stoodStill) throw error;
      return inTime();
    });
  }

  /**
   * Tries a write again until the store has carried it out, for what would be lost with this process.
   *
   * @param key what it is about: a later write takes the place of an earlier one
   */
  saveLater(key: string, unsaved: Unsaved): void {
    const lock = unsaved.lock ?? this.#unsaved.get(key)?.lock;
    lock?.hold();
    this.#unsaved.set(key, { ...unsaved, lock });
    this.#stopRetrying ??= this.#retryLater();
  }

  /** Whether something is left to write under a key. */
  isPending(key: string): boolean {
    return this.#unsaved.has(key);
  }

  /** Tries once more what is left to write under a key. */
  async saveNow(key: string): Promise<void> {
    const unsaved = this.#unsaved.get(key);
    if (unsaved) await this.#save(key, unsaved);
  }

  /** Tries once more what is left to write, and gives up then what was one provider's. */
  async close(tell: Tell): Promise<void> {
    await this.#flushing;
    await this.#flush();
    for (const [key, unsaved] of this.#unsaved) {
      if (unsaved.tell !== tell) continue;
      this.#unsaved.delete(key);
      await unsaved.lock?.release();
      tell({ type: 'refresh token lost', account: unsaved.account?.() });
    }
    if (this.#unsaved.size > 0) return;
    this.#stopRetrying?.();
    this.#stopRetrying = undefined;
  }

  #flush(): Promise<void> {
    this.#flushing ??= this.#writeAll().finally(() => (this.#flushing = undefined));
    return this.#flushing;
  }

  async #writeAll(): Promise<void> {
    this.#stopRetrying?.();
    this.#stopRetrying = undefined;
    for (let isTaken = true; isTaken && this.#unsaved.size > 0;) {
      const some = [...this.#unsaved].slice(0, AT_ONCE);
      const taken = await Promise.all(some.map(([key, unsaved]) => this.#save(key, unsaved)));
      isTaken = taken.every(Boolean);
    }
    if (this.#unsaved.size > 0) this.#stopRetrying ??= this.#retryLater();
    else this.#retries = 0;
  }

  /** Tries one write. If the store does not take it, it goes to the end of the queue. */
  async #save(key: string, unsaved: Unsaved): Promise<boolean> {
    const isTaken = (await this.insist(unsaved.write, unsaved.tell)) === true;
    if (this.#unsaved.get(key) !== unsaved) return isTaken;
    this.#unsaved.delete(key);
    if (isTaken) await unsaved.lock?.release();
    else {
      this.#unsaved.set(key, unsaved);
      unsaved.lock?.hold();
    }
    return isTaken;
  }

  #retryLater(): () => void {
    const delay = Math.min(RETRY.first * 2 ** this.#retries++, RETRY.longest);
    return this.clock.after(delay, () => void this.#flush(), true);
  }
}

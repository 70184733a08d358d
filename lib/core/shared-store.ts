import type { Clock } from './clock.js';
import { kindOf } from './errors.js';
import type { TokenStore } from './token-store.js';
import { withDeadline } from './waiting.js';

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

/**
 * What is heard of a store: it did not answer, it answers again, or the application has ended before it
 * took a refresh token that nobody else has.
 */
export type StoreNews =
  | { readonly type: 'store failed'; readonly reason: string }
  | { readonly type: 'store recovered' }
  | { readonly type: 'refresh token lost' };

type Tell = (news: StoreNews) => void;

/** A write that must not be lost. */
interface Unsaved {
  /** @returns whether there is nothing left to do */
  readonly write: (store: TokenStore) => Promise<boolean>;
  readonly tell: Tell;
  /** What keeps others from using what the write replaces. */
  readonly lock?: PendingLock | undefined;
}

/** A lock that is held for as long as a write is pending. */
export interface PendingLock {
  /** Makes it last until the next attempt is over. */
  readonly hold: () => void;
  readonly release: () => Promise<void>;
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
  /** Those who were told that it failed. */
  readonly #toldOfFailure = new Set<Tell>();
  readonly #unsaved = new Map<string, Unsaved>();
  #retries = 0;
  #stopRetrying: (() => void) | undefined = undefined;
  #flushing: Promise<void> | undefined = undefined;

  constructor(
    private readonly store: TokenStore,
    private readonly clock: Clock,
  ) {}

  /** @param tell called when the store was asked and failed, and when it answers again */
  async ask<T>(
    operation: (store: TokenStore) => Promise<T>,
    tell: Tell,
  ): Promise<T | typeof UNAVAILABLE> {
    if (this.clock.monotonic() < this.#notBefore) return UNAVAILABLE;
    const answer = await this.insist(operation, tell);
    if (answer === UNAVAILABLE) this.#notBefore = this.clock.monotonic() + LEFT_ALONE;
    return answer;
  }

  /** The same for what must be tried although the store is left alone. */
  async insist<T>(
    operation: (store: TokenStore) => Promise<T>,
    tell: Tell,
  ): Promise<T | typeof UNAVAILABLE> {
    let answer: T;
    try {
      answer = await this.#inTime(operation);
    } catch (error) {
      this.#toldOfFailure.add(tell);
      tell({ type: 'store failed', reason: reasonOf(error) });
      return UNAVAILABLE;
    }
    for (const told of this.#toldOfFailure) told({ type: 'store recovered' });
    this.#toldOfFailure.clear();
    return answer;
  }

  /** Gives it its time once more if this process stood still meanwhile: that says nothing of the store. */
  async #inTime<T>(operation: (store: TokenStore) => Promise<T>): Promise<T> {
    const begun = this.clock.monotonic();
    const late = new LateError();
    const work = (async () => operation(this.store))();
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
      tell({ type: 'refresh token lost' });
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

class LateError extends Error {}

/** What may be told of an error of a store: its class and its code, which clients put in front of its text. */
function reasonOf(error: unknown): string {
  if (error instanceof LateError) return `no answer within ${OPERATION} ms`;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const [known] = /^[A-Z][A-Z\d_]{2,29}(?=\s|$)/.exec(String(code ?? message)) ?? [];
  return known === undefined ? kindOf(error) : `${kindOf(error)} ${known}`;
}

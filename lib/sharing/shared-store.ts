import type { StoreEvent } from '../core/events.js';
import type { StoredAccount, TokenStore } from '../core/token-store.js';
import type { Clock } from '../util/clock.js';
import { doubled, withDeadline } from '../util/waiting.js';
import { LateError, storeFailure, type StoreOperation } from './store-failure.js';

/** Milliseconds that the store may take for one operation. */
const OPERATION = 250;

/** If a timer is late by more than these milliseconds, the process was suspended or blocked. */
const STALL = 50;

/** Milliseconds for which a store that has failed is not asked again. */
const PAUSE = 1_000;

/** Milliseconds until a failed write is tried again. They double each time. Other instances wait for the write. */
const RETRY = { first: 1_000, longest: 2_000 };

/** Pending writes that are tried at the same time. */
const AT_ONCE = 100;

/** Receives the events of the store for one provider. */
export type StoreListener = (event: StoreEvent) => void;

/** A write that must not be lost. */
interface PendingWrite {
  /** @returns whether nothing is left to do */
  readonly write: () => Promise<boolean>;
  readonly emit: StoreListener;
  /** Label of the account. */
  readonly account?: (() => string | undefined) | undefined;
  /** Keeps other instances from using what the write replaces. */
  readonly lock?: PendingLock | undefined;
}

/** A lock that is held for as long as a write is pending. */
export interface PendingLock {
  /** Extends the lock until the next attempt is over. */
  readonly extend: () => void;
  readonly release: () => Promise<void>;
}

/** A failure of the store that was reported to a provider. */
interface Trouble {
  /** Monotonic milliseconds. */
  readonly since: number;
  /** Operations that have failed and not worked since. */
  readonly operations: Set<StoreOperation>;
}

type StoreOutcome = Extract<StoreEvent, { type: 'store.operation' }>['outcome'];

/** The outcome of an operation that has not failed. */
function outcomeOf(operation: StoreOperation, result: unknown): StoreOutcome {
  if (result === 'held') return 'held';
  if (operation === 'set' && result === undefined) return 'conflict';
  const isEmpty = operation === 'get' && (result as StoredAccount).version === undefined;
  return isEmpty ? 'missing' : 'ok';
}

/** The result of an operation that the store did not carry out. */
export const UNAVAILABLE = Symbol('the store is unavailable');

/**
 * A token store with a deadline for each operation. After a failure it is not asked for a second, so that not every
 * renewal waits for it. Its errors are not passed on, because they may quote a connection string.
 */
export class SharedStore {
  #notBefore = -Infinity;
  /** The listeners that have heard of a failure. */
  readonly #troubles = new Map<StoreListener, Trouble>();
  readonly #pending = new Map<string, PendingWrite>();
  #retries = 0;
  #stopRetrying: (() => void) | undefined = undefined;
  #flushing: Promise<void> | undefined = undefined;

  constructor(
    private readonly store: TokenStore,
    private readonly clock: Clock,
  ) {}

  /** @param emit called when the store begins to fail, and when it works again */
  async ask<T>(
    operation: StoreOperation,
    run: (store: TokenStore) => Promise<T>,
    emit: StoreListener,
  ): Promise<T | typeof UNAVAILABLE> {
    if (this.clock.monotonic() < this.#notBefore) return UNAVAILABLE;
    const result = await this.insist(operation, run, emit);
    if (result === UNAVAILABLE) this.#notBefore = this.clock.monotonic() + PAUSE;
    return result;
  }

  /** Like `ask`, but asks the store even in the pause after a failure. */
  async insist<T>(
    operation: StoreOperation,
    run: (store: TokenStore) => Promise<T>,
    emit: StoreListener,
  ): Promise<T | typeof UNAVAILABLE> {
    const begun = this.clock.monotonic();
    const report = (outcome: StoreOutcome) => {
      const durationMs = this.clock.monotonic() - begun;
      emit({ type: 'store.operation', operation, outcome, durationMs });
    };
    try {
      const result = await this.#inTime(async () => run(this.store));
      report(outcomeOf(operation, result));
      if (this.#troubles.size > 0) this.#worked(operation);
      return result;
    } catch (error) {
      report('failed');
      this.#failed(operation, error, emit);
      return UNAVAILABLE;
    }
  }

  /** Reports a failure once, until what has failed works again. */
  #failed(operation: StoreOperation, error: unknown, emit: StoreListener): void {
    const trouble = this.#troubles.get(emit);
    if (trouble) return void trouble.operations.add(operation);
    const since = this.clock.monotonic();
    this.#troubles.set(emit, { since, operations: new Set([operation]) });
    emit({ type: 'store.failed', reason: storeFailure(operation, error, this.store.address) });
  }

  /** A store that can be read may still be too full for a write. A store that can be written can be read. */
  #worked(operation: StoreOperation): void {
    for (const [emit, { since, operations }] of this.#troubles) {
      if (operation === 'get') operations.delete('get');
      else operations.clear();
      if (operations.size > 0) continue;
      this.#troubles.delete(emit);
      const seconds = Math.ceil((this.clock.monotonic() - since) / 1_000);
      emit({ type: 'store.recovered', seconds });
    }
  }

  /**
   * If this process was suspended while it waited, it waits for the same time again: the response may have arrived
   * already.
   */
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
   * Repeats a write until the store has carried it out. This is for tokens that would be lost with this process.
   *
   * @param key of the record. A later write replaces an earlier one
   */
  saveLater(key: string, pending: PendingWrite): void {
    const lock = pending.lock ?? this.#pending.get(key)?.lock;
    lock?.extend();
    this.#pending.set(key, { ...pending, lock });
    this.#stopRetrying ??= this.#retryLater();
  }

  /** Tries the pending write of a record once more. Resolves to whether it is still pending. */
  async isPending(key: string): Promise<boolean> {
    const pending = this.#pending.get(key);
    if (pending) await this.#save(key, pending);
    return this.#pending.has(key);
  }

  /** Tries all pending writes once more, and then drops those of one provider. */
  async close(emit: StoreListener): Promise<void> {
    await this.#flushing;
    await this.#flush();
    for (const [key, pending] of this.#pending) {
      if (pending.emit !== emit) continue;
      this.#pending.delete(key);
      await pending.lock?.release();
      emit({ type: 'refresh_token.lost', account: pending.account?.() });
    }
    if (this.#pending.size > 0) return;
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
    for (let isDone = true; isDone && this.#pending.size > 0;) {
      const some = [...this.#pending].slice(0, AT_ONCE);
      const done = await Promise.all(some.map(([key, pending]) => this.#save(key, pending)));
      isDone = done.every(Boolean);
    }
    if (this.#pending.size > 0) this.#stopRetrying ??= this.#retryLater();
    else this.#retries = 0;
  }

  /** Tries one write. If the store does not carry it out, the write goes to the end of the queue. */
  async #save(key: string, pending: PendingWrite): Promise<boolean> {
    const isDone = await pending.write();
    if (this.#pending.get(key) !== pending) return isDone;
    this.#pending.delete(key);
    if (isDone) await pending.lock?.release();
    else {
      this.#pending.set(key, pending);
      pending.lock?.extend();
    }
    return isDone;
  }

  #retryLater(): () => void {
    const delay = doubled(RETRY, ++this.#retries);
    return this.clock.after(delay, () => void this.#flush(), 'background');
  }
}

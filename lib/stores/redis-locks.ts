import { randomUUID } from 'node:crypto';

import type { Clock } from '../util/clock.js';
import type { StoredFailure, TokenLock } from '../core/token-store.js';
import { doubled, withDeadline } from '../util/waiting.js';
import { EXTEND, LOCK, RELEASE } from './redis-scripts.js';
import type { Names } from './key-ring.js';

/** Milliseconds. No lock of this package lives longer: the longest `deadline` of a provider is ten minutes. */
const LONGEST = 900_000;

/** Lifetime of a trace in milliseconds. It has a holder that has not released its lock, and the last outcome. */
export const TRACE = 3_600_000;

/** Milliseconds to wait for the reply to a lock. */
const REPLY = 500;

/** Milliseconds between two attempts to release a lock, doubled each time. */
const RELEASE_PAUSES = { first: 100, longest: 2_000 };

/** How many forged holders one attempt overrules. An attacker may plant them repeatedly. */
const OVERRULED = 3;

/** The keys in Redis that the locks of an account use. */
export interface LockKeys {
  readonly lock: string;
  readonly trace: string;
  readonly failure: string;
}

/** A failure as it is stored, sealed. */
export interface FailureRecord {
  readonly details: StoredFailure['details'];
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What {@link RedisLocks} works with. */
export interface LockParts {
  readonly clock: Clock;
  readonly marks: LockMarks;
  readonly run: (
    script: string,
    keys: readonly string[],
    values: readonly (string | number)[],
  ) => Promise<unknown>;
  readonly seal: (failure: FailureRecord, key: string) => string;
}

/** Takes and releases locks in Redis. If the reply to a lock is lost, it releases the lock, which may be taken. */
export class RedisLocks {
  constructor(private readonly parts: LockParts) {}

  /** @param ttl milliseconds */
  async lock(keys: LockKeys, ttl: number): Promise<TokenLock | 'held'> {
    const { marks, clock } = this.parts;
    const mark = marks.make(keys.lock);
    const end = clock.monotonic() + ttl;
    let overruled = '';
    for (let n = 0; n <= OVERRULED; n++) {
      const { isOurs, holder } = await this.#ask(keys, mark, ttl, overruled);
      if (isOurs) {
        const wasAbandoned = marks.isGenuine(holder, keys.lock, TRACE + LONGEST);
        return { wasAbandoned, ...this.#held(keys, mark, end) };
      }
      if (marks.isGenuine(holder, keys.lock, Math.max(LONGEST, ttl))) return 'held';
      overruled = holder;
    }
    return 'held';
  }

  async #ask(keys: LockKeys, mark: string, ttl: number, overruled: string) {
    const { clock, run } = this.parts;
    const names = [keys.lock, keys.trace];
    const values = [mark, ttl, ttl + TRACE, Math.max(LONGEST, ttl), overruled];
    try {
      const late = () =>
        Object.assign(new Error('Redis did not reply to the lock in time.'), { code: 'ETIMEDOUT' });
      return replyOf(await withDeadline(clock, REPLY, late, () => run(LOCK, names, values)));
    } catch (error) {
      // The lock may be ours, or may become ours later.
      const end = clock.monotonic() + ttl;
      this.#insist(() => this.#release(keys, mark), end);
      throw error;
    }
  }

  #held(keys: LockKeys, mark: string, end: number): Pick<TokenLock, 'release' | 'extend'> {
    const { clock, run } = this.parts;
    return {
      release: async (failure) => {
        const record = failure && {
          details: failure.details,
          name: randomUUID(),
          until: clock.now() + failure.retryInMs,
        };
        try {
          await this.#release(keys, mark, record);
        } catch (error) {
          this.#insist(() => this.#release(keys, mark, record).then(() => true), end);
          throw error;
        }
      },
      extend: async (ttl) => void (await run(EXTEND, [keys.lock], [mark, ttl])),
    };
  }

  /** @returns whether it was ours */
  async #release(keys: LockKeys, mark: string, failure?: FailureRecord): Promise<boolean> {
    const { clock, run, seal } = this.parts;
    const life = Math.max(1, (failure?.until ?? 0) - clock.now());
    const sealed = failure ? [seal(failure, keys.failure), life, failure.name] : [];
    const names = [keys.lock, keys.trace, keys.failure];
    return numberOf(await run(RELEASE, names, [mark, TRACE, ...sealed])) === 1;
  }

  /** Repeats `isDone` until it resolves to `true`, or until `end`, when the lock has expired. */
  #insist(isDone: () => Promise<boolean>, end: number): void {
    const { clock } = this.parts;
    const attempt = async (number: number) => {
      const pause = doubled(RELEASE_PAUSES, number);
      if ((await isDone().catch(() => false)) || clock.monotonic() + pause >= end) return;
      clock.after(pause, () => void attempt(number + 1), 'background');
    };
    void attempt(1);
  }
}

function replyOf(reply: unknown): { readonly isOurs: boolean; readonly holder: string } {
  const [isOurs, holder] = Array.isArray(reply) ? (reply as unknown[]) : [];
  return { isOurs: numberOf(isOurs) === 1, holder: typeof holder === 'string' ? holder : '' };
}

/** The number that a script returns. A client may be configured to return numbers as text. */
export function numberOf(reply: unknown): number {
  if (/^[01]$/.test(String(reply))) return Number(reply);
  throw new TypeError('Unexpected reply from Redis.');
}

/**
 * Makes and checks the marks of lock holders. A mark is signed and dated, so that someone who can write to the store
 * but lacks the key can neither forge a mark nor use an old one again.
 */
export class LockMarks {
  /** @param names signs the marks. Without it, the store has no key and marks are not signed. */
  constructor(
    private readonly names: Names | undefined,
    private readonly clock: Clock,
  ) {}

  /** A new, unique mark for one lock. */
  make(lock: string): string {
    const text = `${randomUUID()}.${this.clock.now().toString(36)}`;
    return `${text}.${this.#signature(text, lock)}`;
  }

  /** Whether a mark was made for this lock, and no more than `age` milliseconds ago. */
  isGenuine(mark: string, lock: string, age: number): boolean {
    const [, text = '', made = '', signature] =
      /^([\da-f-]{36}\.([\da-z]{1,9}))\.([\w-]*)$/.exec(mark) ?? [];
    if (signature === undefined || signature !== this.#signature(text, lock)) return false;
    // The clocks of machines differ, so a mark may seem to come from the future.
    return Math.abs(this.clock.now() - parseInt(made, 36)) <= age;
  }

  #signature(text: string, lock: string): string {
    return this.names?.sign(`${lock}|${text}`) ?? '';
  }
}

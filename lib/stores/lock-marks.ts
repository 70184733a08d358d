import { randomUUID } from 'node:crypto';

import type { Clock } from '../util/clock.js';
import type { Names } from './key-ring.js';

/**
 * Makes and checks the mark that names the holder of a lock. A mark is signed and dated: whoever can write to
 * the store but lacks the key can neither forge one nor use an old one again.
 */
export class LockMarks {
  /** @param names signs the marks; `undefined`: the store has no key, and marks are not signed */
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

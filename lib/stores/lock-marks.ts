import { randomUUID } from 'node:crypto';

import type { Clock } from '../core/clock.js';
import type { Names } from './key-ring.js';

/**
 * Names the holder of a lock, so that the others can tell a holder among themselves from one that somebody
 * without the key has made up, or has kept from before.
 */
export class LockMarks {
  /** @param names `undefined`: nothing is secret here, and everybody can make a mark */
  constructor(
    private readonly names: Names | undefined,
    private readonly clock: Clock,
  ) {}

  /** A mark for one lock, which nobody had before. */
  make(lock: string): string {
    const text = `${randomUUID()}.${this.clock.now().toString(36)}`;
    return `${text}.${this.#signature(text, lock)}`;
  }

  /** Whether a mark was made for this lock, and no more than `age` milliseconds ago. */
  isGenuine(mark: string, lock: string, age: number): boolean {
    const [, text = '', made = '', signature] =
      /^([\da-f-]{36}\.([\da-z]{1,9}))\.([\w-]*)$/.exec(mark) ?? [];
    if (signature === undefined || signature !== this.#signature(text, lock)) return false;
    // The clocks of two machines differ, so that one may have been made in the future.
    return Math.abs(this.clock.now() - parseInt(made, 36)) <= age;
  }

  #signature(text: string, lock: string): string {
    return this.names?.sign(`${lock}|${text}`) ?? '';
  }
}

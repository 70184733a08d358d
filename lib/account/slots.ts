import type { LabelOf } from './account-label.js';
import type { Clock } from '../util/clock.js';
import { Slot } from './slot.js';
import type { TokenSource } from '../core/token-source.js';
import { targetKey, type TokenTarget } from '../core/token-target.js';

/** How many of the oldest slots one new slot may look at to find one that can go. */
const EVICTION_SCAN = 8;

/**
 * The slots of one provider, in memory. The definition's own account is always there; of the others
 * the least recently used ones go when there are too many.
 */
export class Slots {
  readonly own: Slot;
  readonly #others = new Map<string, Slot>();

  /**
   * @param limit how many slots beside the definition's own are kept
   * @param source says whether a slot with a refresh token can be forgotten
   * @param labelOf names the accounts
   */
  constructor(
    private readonly clock: Clock,
    private readonly limit: number,
    private readonly source: Pick<TokenSource, 'canLogInAgain'>,
    private readonly labelOf: LabelOf = () => undefined,
  ) {
    this.own = new Slot(Object.freeze({}), labelOf);
  }

  get size(): number {
    return this.#others.size + 1;
  }

  *[Symbol.iterator](): Generator<Slot> {
    yield this.own;
    yield* this.#others.values();
  }

  /** The slot of a target, made if need be. */
  of(target: TokenTarget | undefined): Slot {
    return this.find(target) ?? this.#add(target!);
  }

  /** The slot of a target, if there is one. */
  find(target: TokenTarget | undefined): Slot | undefined {
    const key = targetKey(target);
    if (key === '') return this.own;
    const slot = this.#others.get(key);
    if (slot) slot.wasUsed = true;
    return slot;
  }

  #add(target: TokenTarget): Slot {
    const slot = new Slot(frozen(target), this.labelOf);
    this.#makeRoom();
    this.#others.set(targetKey(target), slot);
    return slot;
  }

  /**
   * Lets slots go, from the one that was not looked at for longest. One that was used since gets another
   * round, so that a use costs no more than a mark, unless all that may go are such.
   */
  #makeRoom(): void {
    const used: string[] = [];
    let looked = 0;
    for (const [key, slot] of this.#others) {
      if (this.#others.size < this.limit) return;
      if (++looked > EVICTION_SCAN) break;
      const canGo = this.#canGo(slot);
      if (canGo && !slot.wasUsed) {
        this.#others.delete(key);
        continue;
      }
      if (canGo) used.push(key);
      slot.wasUsed = false;
      this.#others.delete(key);
      this.#others.set(key, slot);
    }
    const [oldest] = used;
    if (oldest !== undefined && this.#others.size >= this.limit) this.#others.delete(oldest);
  }

  #canGo({ flight, withdrawal, backoff, tokens }: Slot): boolean {
    if (flight || withdrawal || (backoff && backoff.notBefore > this.clock.monotonic()))
      return false;
    return this.source.canLogInAgain || tokens?.refreshToken === undefined;
  }
}

/** A copy that its caller cannot change later. */
function frozen({ subject, scope, resource }: TokenTarget): TokenTarget {
  if (scope === undefined && resource === undefined) return Object.freeze({ subject: subject! });
  const copy = <T>(value: T) => (Array.isArray(value) ? Object.freeze([...value]) : value);
  const members = Object.entries({ subject, scope: copy(scope), resource: copy(resource) });
  return Object.freeze(Object.fromEntries(members.filter(([, value]) => value !== undefined)));
}

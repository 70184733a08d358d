import type { Clock } from './clock.js';
import { Slot } from './slot.js';
import { targetKey, type TokenTarget } from './token-target.js';

/** How many of the oldest slots one new slot may look at to find one that can go. */
const EVICTION_SCAN = 8;

/**
 * The slots of one provider, in memory. The definition's own account is always there; of the others
 * the least recently used ones go when there are too many.
 */
export class Slots {
  readonly own = new Slot(Object.freeze({}));
  readonly #others = new Map<string, Slot>();

  /**
   * @param limit how many slots beside the definition's own are kept
   * @param canLogInAgain whether a slot with a refresh token can be forgotten
   */
  constructor(
    private readonly clock: Clock,
    private readonly limit: number,
    private readonly canLogInAgain: boolean,
  ) {}

  get size(): number {
    return this.#others.size + 1;
  }

  /** The slot of a target, made if need be. */
  of(target: TokenTarget | undefined): Slot {
    const key = targetKey(target);
    if (key === '') return this.own;
    const slot = this.#others.get(key) ?? this.#add(target!);
    this.#others.delete(key);
    this.#others.set(key, slot); // last in the order of insertion: most recently used
    return slot;
  }

  #add(target: TokenTarget): Slot {
    if (this.#others.size >= this.limit) this.#evict();
    return new Slot(frozen(target));
  }

  #evict(): void {
    let looked = 0;
    for (const [key, slot] of this.#others) {
      this.#others.delete(key);
      if (this.#canGo(slot)) return;
      this.#others.set(key, slot);
      if (++looked === EVICTION_SCAN) return;
    }
  }

  #canGo({ flight, backoff, tokens }: Slot): boolean {
    if (flight || (backoff && backoff.notBefore > this.clock.monotonic())) return false;
    return this.canLogInAgain || tokens?.refreshToken === undefined;
  }
}

/** A copy that its caller cannot change later. */
function frozen({ subject, scope, resource }: TokenTarget): TokenTarget {
  const copy = (value: TokenTarget['scope']) =>
    typeof value === 'object' ? Object.freeze([...value]) : value;
  return Object.freeze({ subject, scope: copy(scope), resource: copy(resource) });
}

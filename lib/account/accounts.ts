import { Account, type AccountContext } from './account.js';
import type { TokenSource } from '../core/token-source.js';
import { targetKey, type TokenTarget } from '../core/token-target.js';
import type { Clock } from '../util/clock.js';

/** How many of the oldest accounts a new one may look at to find one to evict. */
const EVICTION_SCAN = 8;

/** What the cache of accounts needs. */
export interface AccountsContext extends AccountContext {
  readonly clock: Clock;
  /** How many accounts are kept beside the definition's own. */
  readonly accountLimit: number;
  /** Says whether an account with a refresh token may be evicted. */
  readonly source: Pick<TokenSource, 'canLogInAgain'>;
}

/**
 * The accounts of one provider, in memory. The definition's own account always stays. Of the others, the least
 * recently used ones are evicted when there are too many.
 */
export class Accounts {
  readonly #own: Account;
  readonly #others = new Map<string, Account>();

  constructor(private readonly context: AccountsContext) {
    this.#own = new Account(Object.freeze({}), context);
  }

  get size(): number {
    return this.#others.size + 1;
  }

  *[Symbol.iterator](): Generator<Account> {
    yield this.#own;
    yield* this.#others.values();
  }

  /** The account of a target. It is created on first use. */
  of(target: TokenTarget | undefined): Account {
    return this.find(target) ?? this.#add(target!);
  }

  /** The account of a target, if it is in memory. */
  find(target: TokenTarget | undefined): Account | undefined {
    if (target === undefined) return this.#own;
    const key = targetKey(target);
    if (key === '') return this.#own;
    const account = this.#others.get(key);
    if (account) account.wasUsed = true;
    return account;
  }

  #add(target: TokenTarget): Account {
    const account = new Account(frozen(target), this.context);
    this.#makeRoom();
    this.#others.set(targetKey(target), account);
    return account;
  }

  /**
   * Evicts accounts, beginning with the one that was looked at longest ago. An account that was used since then
   * gets another round, so that each use costs only a mark. If all candidates were used, the oldest goes.
   */
  #makeRoom(): void {
    const { accountLimit } = this.context;
    const used: string[] = [];
    let looked = 0;
    for (const [key, account] of this.#others) {
      if (this.#others.size < accountLimit) return;
      if (++looked > EVICTION_SCAN) break;
      const canGo = this.#canGo(account);
      this.#others.delete(key);
      if (canGo && !account.wasUsed) continue;
      if (canGo) used.push(key);
      account.wasUsed = false;
      this.#others.set(key, account);
    }
    const [oldest] = used;
    if (oldest !== undefined && this.#others.size >= accountLimit) this.#others.delete(oldest);
  }

  #canGo({ renewal, tombstoning, backoff, tokens }: Account): boolean {
    const { clock, source } = this.context;
    if (renewal || tombstoning || (backoff && backoff.notBefore > clock.monotonic())) return false;
    return source.canLogInAgain || tokens?.refreshToken === undefined;
  }
}

/** A copy that its caller cannot change later. */
function frozen({ subject, scope, resource }: TokenTarget): TokenTarget {
  if (scope === undefined && resource === undefined) return Object.freeze({ subject: subject! });
  const copy = <T>(value: T) => (Array.isArray(value) ? Object.freeze([...value]) : value);
  const members = Object.entries({ subject, scope: copy(scope), resource: copy(resource) });
  return Object.freeze(Object.fromEntries(members.filter(([, value]) => value !== undefined)));
}

import { RefreshChain } from './refresh-chain.js';

/** Refresh tokens whose family is remembered in memory. The least recently seen ones go first. */
const REMEMBERED = 50_000;

/**
 * The refresh token families that a process knows, by the key of each of their refresh tokens: so a
 * configured refresh token that was used leads to its newest successor, and is not sent again.
 */
export class RefreshChains {
  readonly #byToken = new Map<string, RefreshChain>();

  /** The family of a refresh token, if it is known here. */
  find(key: string): RefreshChain | undefined {
    const chain = this.#byToken.get(key);
    return chain && this.note(key, chain);
  }

  /** Remembers that a refresh token is of a family. */
  note(key: string, chain: RefreshChain): RefreshChain {
    this.#byToken.delete(key);
    this.#byToken.set(key, chain);
    const [oldest] = this.#byToken.keys();
    if (this.#byToken.size > REMEMBERED) this.#byToken.delete(oldest!);
    return chain;
  }

  /** Forgets what was thought of a refresh token: the shared store knows better. */
  forget(key: string): void {
    this.#byToken.delete(key);
  }
}

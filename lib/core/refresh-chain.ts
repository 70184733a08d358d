import { createHash } from 'node:crypto';

import type { TokenSet } from './token-set.js';
import { abandonable } from './waiting.js';

/**
 * What has become of a configured refresh token. All accounts of one subject renew by it, whatever
 * their scope and resource, so they take turns, and each goes on from where the last one ended.
 */
export class RefreshChain {
  /** The token set with the newest refresh token of the subject. */
  newest: TokenSet | undefined = undefined;
  /** The configured one that has been sent and must not be sent again. */
  spent: string | undefined = undefined;
  /** Of its record in the shared store, as it was last read or written. */
  version: string | undefined = undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** Notes that a refresh token was used up, and what came of it: `undefined` if it was refused. */
  goOn(sent: string, next: TokenSet | undefined, configured: string | undefined): void {
    if (sent === configured) this.spent = sent;
    if (next || this.newest?.refreshToken === sent) this.newest = next;
  }

  /** Learns from what another instance has obtained that the configured one was spent for it. */
  learnSpent(tokens: TokenSet, configured: string | undefined): void {
    if (configured !== undefined && tokens.spent.includes(fingerprint(configured)))
      this.spent = configured;
  }

  /** Goes on from its record in the shared store. */
  replace(tokens: TokenSet, configured: string | undefined): void {
    this.newest = tokens;
    this.learnSpent(tokens, configured);
  }

  /** Runs `work` when nobody else of the subject is at it. */
  async inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    let end!: () => void;
    this.#turn = Promise.all([before, new Promise<void>((resolve) => (end = resolve))]);
    try {
      await abandonable(before, signal);
      return await work();
    } finally {
      end();
    }
  }
}

/** Tells one refresh token from another, and not what it is. */
export function fingerprint(refreshToken: string): string {
  return createHash('sha256').update(refreshToken).digest('base64url').slice(0, 22);
}

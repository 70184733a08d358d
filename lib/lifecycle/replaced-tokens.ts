import { toolsFor } from '../core/attempts.js';
import type { Clock } from '../util/clock.js';
import { OAuth2ClientError } from '../core/errors.js';
import { tell, type TokenListener } from '../core/events.js';
import type { Slot } from '../account/slot.js';
import type { TokenSet } from '../core/token-set.js';
import type { TokenSource } from '../core/token-source.js';
import { withDeadline } from '../util/waiting.js';

/**
 * Milliseconds for which a replaced token still works: requests that carry it come to their end, and instances
 * that share a store go over to the new one. A request that takes longer is repaired like any after a 401.
 */
const PAUSE = 30_000;

/** How many are given back at the same time when the application closes. */
const AT_ONCE = 10;

/** What replaced tokens are given back with. */
export interface ReplacedTokensParts {
  readonly name: string;
  readonly source: Pick<TokenSource, 'revoke'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly emit: TokenListener;
  readonly deadline: number;
}

/** A token that a login has replaced. */
interface Replaced {
  readonly slot: Slot;
  readonly tokens: TokenSet;
  /** Whether the vendor may have ended it already: it has expired here, or the API has rejected it. */
  readonly isOver: boolean;
  readonly cancelTimer: () => void;
}

/**
 * Gives the tokens that logins have replaced back to the vendor, in the background: nobody waits for it, and a
 * failure is only reported.
 */
export class ReplacedTokens {
  readonly #waiting = new Set<Replaced>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(private readonly parts: ReplacedTokensParts) {}

  /** Gives the token of an account back after a pause. */
  add(slot: Slot, tokens: TokenSet): void {
    const { clock } = this.parts;
    const isOver = tokens.expiresAt <= clock.now() || tokens.accessToken === slot.rejected;
    const cancelTimer = clock.after(PAUSE, () => void this.#begin(added), true);
    const added: Replaced = { slot, tokens, isOver, cancelTimer };
    this.#waiting.add(added);
  }

  /** When the application closes: gives back those that wait, for no longer than the deadline of a renewal. */
  async close(): Promise<void> {
    const { clock, deadline } = this.parts;
    const end = clock.monotonic() + deadline;
    const next = async () => {
      for (const replaced of this.#waiting) {
        if (clock.monotonic() >= end) return;
        await this.#begin(replaced, end - clock.monotonic());
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    for (const { cancelTimer } of this.#waiting) cancelTimer();
    for (const { slot } of this.#waiting) this.#failed(slot, new Error('late'));
    this.#waiting.clear();
    await Promise.all(this.#underWay);
  }

  #begin(replaced: Replaced, ms = this.parts.deadline): Promise<void> {
    replaced.cancelTimer();
    this.#waiting.delete(replaced);
    const work = this.#giveBack(replaced, ms);
    this.#underWay.add(work);
    return work.finally(() => this.#underWay.delete(work));
  }

  async #giveBack({ slot, tokens, isOver }: Replaced, ms: number): Promise<void> {
    const { source, clock } = this.parts;
    const late = () => new Error('late');
    try {
      await withDeadline(clock, ms, late, (signal) =>
        source.revoke!(tokens, slot.target, toolsFor(this.parts, { signal })),
      );
    } catch (error) {
      if (!isOver || !isRefusal(error)) this.#failed(slot, error);
    }
  }

  #failed(slot: Slot, error: unknown): void {
    const isKnown = error instanceof OAuth2ClientError;
    const reason = isKnown ? error.reason : 'The vendor did not answer in time.';
    tell(this.parts, slot, { type: 'replaced token not revoked', reason });
  }
}

/** Whether the vendor refuses to end a session: it may know it no more. */
function isRefusal(error: unknown): boolean {
  return error instanceof OAuth2ClientError && error.status !== undefined && !error.retryable;
}

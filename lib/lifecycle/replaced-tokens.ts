import { toolsFor } from '../core/attempts.js';
import type { Clock } from '../util/clock.js';
import { OAuth2ClientError } from '../core/errors.js';
import type { Account } from '../account/account.js';
import type { TokenSet } from '../core/token-set.js';
import type { TokenSource } from '../core/token-source.js';
import { withDeadline } from '../util/waiting.js';

/**
 * Milliseconds from the replacement of a token to its revocation. Until then, requests that carry it can end, and other
 * instances can read the new one from the store. A request that takes longer gets a 401 and is repeated with the new
 * token.
 */
const PAUSE = 30_000;

/** How many tokens are revoked at the same time when the application closes. */
const AT_ONCE = 10;

/** What the revocation of replaced tokens works with. */
export interface ReplacedTokensParts {
  readonly source: Pick<TokenSource, 'revoke'>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly deadline: number;
}

/** A token that a login has replaced. */
interface Replaced {
  readonly account: Account;
  readonly tokens: TokenSet;
  /** Whether it has expired, or the API has rejected it. Then it is no failure if the vendor refuses to revoke it. */
  readonly isOver: boolean;
  readonly cancelTimer: () => void;
}

/**
 * Revokes the tokens that logins have replaced, in the background. No caller waits for this. An event reports a
 * failure.
 */
export class ReplacedTokens {
  readonly #waiting = new Set<Replaced>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(private readonly parts: ReplacedTokensParts) {}

  /** Revokes the token of an account after a pause. */
  add(account: Account, tokens: TokenSet): void {
    const { clock } = this.parts;
    const isOver = tokens.expiresAt <= clock.now() || tokens.accessToken === account.rejected;
    const cancelTimer = clock.after(PAUSE, () => void this.#begin(added), 'background');
    const added: Replaced = { account, tokens, isOver, cancelTimer };
    this.#waiting.add(added);
  }

  /** Revokes the waiting tokens when the application closes, for no longer than the deadline of a renewal. */
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
    for (const { account } of this.#waiting) this.#failed(account, new Error('late'));
    this.#waiting.clear();
    await Promise.all(this.#underWay);
  }

  #begin(replaced: Replaced, ms = this.parts.deadline): Promise<void> {
    replaced.cancelTimer();
    this.#waiting.delete(replaced);
    const work = this.#revoke(replaced, ms);
    this.#underWay.add(work);
    return work.finally(() => this.#underWay.delete(work));
  }

  async #revoke({ account, tokens, isOver }: Replaced, ms: number): Promise<void> {
    const { source, clock } = this.parts;
    const late = () => new Error('late');
    try {
      await withDeadline(clock, ms, late, (signal) =>
        source.revoke!(tokens, account.target, toolsFor(this.parts, { signal })),
      );
    } catch (error) {
      if (!isOver || !isRefusal(error)) this.#failed(account, error);
    }
  }

  #failed(account: Account, error: unknown): void {
    const isKnown = error instanceof OAuth2ClientError;
    const reason = isKnown ? error.reason : 'The vendor did not answer in time.';
    account.emit({ type: 'replaced_token.not_revoked', reason });
  }
}

/** Whether the vendor has refused the revocation, for example because it no longer knows the token. */
function isRefusal(error: unknown): boolean {
  return error instanceof OAuth2ClientError && error.status !== undefined && !error.retryable;
}

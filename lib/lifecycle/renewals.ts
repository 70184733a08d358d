import type { Account } from '../account/account.js';
import { heldBackFor, mayLook, type AskedWith, type Backoff } from '../account/backoff.js';
import type { RefreshTokenFamilies } from '../account/refresh-token-family.js';
import type { RenewalResult } from '../account/renewal-result.js';
import { toolsFor, type AttemptTools } from '../core/attempts.js';
import { kindOf, type OAuth2ClientError } from '../core/errors.js';
import type { EventListener, RenewalReason, TokenRequestEvent } from '../core/events.js';
import type { OnTokenSet } from '../core/on-token-set.js';
import type { TokenSet } from '../core/token-set.js';
import type { Sharing } from '../sharing/sharing.js';
import type { Closing, Ending } from '../util/waiting.js';
import { failed, succeeded, type RenewalCourse, type RenewalEndParts } from './renewal-end.js';
import { heldElsewhere, timedOut } from './renewal-failures.js';
import { renew } from './renewal.js';
import { ReplacedTokens } from './replaced-tokens.js';

/** What the renewals of one provider work with. */
export interface RenewalParts extends RenewalEndParts {
  readonly emit: EventListener;
  /** Milliseconds that one renewal may take, with all its attempts. */
  readonly deadline: number;
  readonly onTokenSet?: OnTokenSet | undefined;
  /** Whether a token that a login has replaced is revoked. */
  readonly revokesReplaced?: boolean | undefined;
  /** The refresh token families. Several providers may be configured with the same refresh token. */
  readonly families: RefreshTokenFamilies;
}

/** Milliseconds for which an `onTokenSet` function is awaited. */
const HOOK_DEADLINE = 5_000;

class LateError extends Error {}

/** Starts renewals: one at a time for each account, and none while the account is held back after a failure. */
export class Renewals {
  readonly #running = new Set<Promise<TokenSet>>();

  /** Tokens that logins have replaced and that are to be revoked. */
  readonly replaced: ReplacedTokens | undefined;

  constructor(
    private readonly parts: RenewalParts,
    private readonly sharing: Sharing,
    private readonly closing: Closing<OAuth2ClientError>,
  ) {
    this.replaced = parts.revokesReplaced ? new ReplacedTokens(parts) : undefined;
  }

  /** Resolves when no renewal is running. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  /** Seconds until the token endpoint may be asked again after a failure, rounded up. */
  retryAfter(account: Account): number {
    return Math.ceil(this.#heldBackFor(account) / 1_000);
  }

  #heldBackFor({ backoff }: Account): number {
    return heldBackFor(backoff, this.parts.clock.monotonic());
  }

  /** The running renewal, or a new one; `undefined` while the account is held back. */
  join(account: Account): Promise<TokenSet> | undefined {
    if (account.renewal) return account.renewal;
    if (!this.#mayStart(account)) return undefined;
    // The renewal begins in a microtask, so that it cannot end before it is assigned.
    account.renewal = this.#track(Promise.resolve().then(() => this.#renew(account)));
    return account.renewal;
  }

  /** A renewal for one caller only, for tokens that are valid for one request. */
  alone(account: Account): Promise<TokenSet> | undefined {
    if (!this.#mayStart(account)) return undefined;
    return this.#track(this.#renew(account).finally(() => account.discard()));
  }

  /**
   * Whether a renewal may start. After a failure that only new credentials can end, one may start now and then during
   * the back-off, to see whether the credentials have changed.
   */
  #mayStart(account: Account): boolean {
    if (this.closing.reason) return false;
    if (this.#heldBackFor(account) === 0) return true;
    const { source, clock } = this.parts;
    const { backoff } = account;
    if (!source.credentialsMayChange || !backoff || backoff.failure.retryable) return false;
    return mayLook(backoff, clock.monotonic());
  }

  /**
   * @returns the promise that callers wait for. It rejects as soon as the application closes; the renewal itself may
   * take a little longer
   */
  #track(renewal: Promise<TokenSet>): Promise<TokenSet> {
    this.#running.add(renewal);
    const over = () => void this.#running.delete(renewal);
    renewal.then(over, over);
    const awaited = this.closing.whileOpen(renewal);
    awaited.catch(() => {}); // an event reports the failure, even if nobody waits
    return awaited;
  }

  async #renew(account: Account): Promise<TokenSet> {
    const { name } = this.parts;
    const { invalidations } = account;
    const known = this.#heldBackFor(account) > 0 ? account.backoff : undefined;
    const course = this.#begin(account);
    try {
      const obtained = await this.#obtain(account, course, known);
      // From here on the deadline does not apply: the old refresh token may be used, so the new one must be saved.
      const result = (await obtained.save?.()) ?? obtained;
      const { by, tokens, failedRefresh, failure, replaces } = result;
      if (by !== 'store') await this.#callHook(account, tokens);
      if (failure) {
        account.keepRefreshToken(tokens, result.stored);
        throw failure;
      }
      if (replaces) this.replaced?.add(account, replaces);
      if (failedRefresh) account.emit({ type: 'refresh.failed', error: failedRefresh.of(name) });
      succeeded(this.parts, account, result, course);
      if (account.invalidations !== invalidations) account.invalidate();
      return tokens;
    } catch (error) {
      if (this.closing.reason && error === this.closing.reason) throw error;
      if (known && !course.askedWith) throw known.failure;
      throw failed(this.parts, account, error, course);
    } finally {
      account.renewal = undefined;
      account.isRenewedElsewhere = false;
    }
  }

  #begin(account: Account): RenewalCourse {
    const begun = this.parts.clock.monotonic();
    return { reason: this.#reasonOf(account), begun, before: account.backoff };
  }

  /** Obtains a token within the deadline. */
  #obtain(
    account: Account,
    course: RenewalCourse,
    known: Backoff | undefined,
  ): Promise<RenewalResult> {
    const { deadline, source } = this.parts;
    const onPrepared = (askedWith: AskedWith) => (course.askedWith = askedWith);
    const onTokenRequest = (event: TokenRequestEvent) => {
      course.grant = event.grant;
      account.emit(event);
    };
    const timeout = () =>
      account.isRenewedElsewhere
        ? heldElsewhere(deadline)
        : timedOut(deadline, course.askedWith ? 'token request' : 'credentials', source.place);
    return this.closing.withDeadline(deadline, timeout, (ending) => {
      const tools = { ...this.#tools(account, ending), onTokenRequest };
      return renew({ ...this.#context(account), tools, onPrepared }, known);
    });
  }

  #context(account: Account) {
    const { name, source, families } = this.parts;
    return { provider: name, source, families, account, sharing: this.sharing };
  }

  #tools(account: Account, ending: Ending): AttemptTools {
    const { tokens, backoff } = account;
    const isProbe = (backoff?.failures ?? 0) > 0;
    const secrets = [tokens?.accessToken, tokens?.refreshToken].filter((t) => t !== undefined);
    return { ...toolsFor(this.parts, { ...ending, isProbe }), secrets };
  }

  #reasonOf(account: Account): RenewalReason {
    if (account.rejected !== undefined) return 'rejected';
    if (!account.tokens) return 'first';
    if (account.isInvalidated) return 'invalidated';
    return account.freshness(this.parts.clock) === 'stale' ? 'stale' : 'expired';
  }

  async #callHook(account: Account, tokens: TokenSet): Promise<void> {
    const { onTokenSet } = this.parts;
    if (!onTokenSet) return;
    const late = () => new LateError();
    try {
      await this.closing.withDeadline(HOOK_DEADLINE, late, async () =>
        onTokenSet(tokens, account.target),
      );
    } catch (error) {
      // The text of the error may quote the token.
      const isLate = error instanceof LateError;
      const problem = isLate
        ? `took longer than ${HOOK_DEADLINE / 1_000} s`
        : `failed (${kindOf(error)})`;
      account.emit({ type: 'hook.failed', problem });
    }
  }
}

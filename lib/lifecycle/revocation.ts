import type { Account } from '../account/account.js';
import { toolsFor } from '../core/attempts.js';
import { invalidCall, type OAuth2ClientError } from '../core/errors.js';
import type { Sharing } from '../sharing/sharing.js';
import { abandonable, withDeadline, type Closing, type Ending } from '../util/waiting.js';
import { named, timedOut } from './renewal-failures.js';
import type { RenewalParts } from './renewals.js';

/** Accounts whose tokens are revoked at the same time when an application closes. */
const AT_ONCE = 10;

/** Revokes tokens at the vendor (RFC 7009), after this process and the shared store have forgotten them. */
export class Revocation {
  readonly #late = () => timedOut(this.parts.deadline, 'token request', this.parts.source.place);

  constructor(
    private readonly parts: RenewalParts,
    private readonly sharing: Sharing,
    private readonly closing: Closing<OAuth2ClientError>,
  ) {}

  /** Revokes the tokens of one account, unless the application closes first. */
  of(account: Account): Promise<void> {
    const { deadline } = this.parts;
    return this.#reported(account, () =>
      this.closing.withDeadline(deadline, this.#late, (ending) => this.#revoke(account, ending)),
    );
  }

  /**
   * Revokes the tokens of all accounts when the application closes, a few at a time and for no longer than the deadline
   * of a renewal. An event reports each revocation that fails. Expired tokens are left out, because a vendor may refuse
   * to revoke them.
   */
  async ofAll(accounts: Iterable<Account>): Promise<void> {
    const { name, clock, emit, deadline } = this.parts;
    const end = clock.monotonic() + deadline;
    const isDue = (account: Account) =>
      !account.hasExpired(clock.now()) && (account.tokens !== undefined || this.sharing.isShared);
    const left = [...accounts].filter(isDue);
    const next = async () => {
      for (let account = left.shift(); account; account = left.shift()) {
        const current = account;
        const time = end - clock.monotonic();
        const work = () =>
          withDeadline(clock, time, this.#late, (signal) =>
            this.#revoke(current, { signal, graceful: signal }),
          );
        await this.#reported(current, work).catch(() => {}); // an event reports it
        if (clock.monotonic() >= end) return;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    if (left.length === 0) return;
    emit({ type: 'revocation.unfinished', provider: name, accounts: left.length });
  }

  async #revoke(account: Account, ending: Ending): Promise<void> {
    const { source } = this.parts;
    const { target } = account;
    const tools = toolsFor(this.parts, ending);
    const prepare = () => source.prepare(target);
    const tokens = await this.sharing.takeTokens(account, prepare, tools);
    if (tokens) await abandonable(source.revoke!(tokens, target, tools), ending.signal);
  }

  async #reported(account: Account, work: () => Promise<void>): Promise<void> {
    const { name, clock } = this.parts;
    const hadExpired = account.hasExpired(clock.now());
    await work().catch((error: unknown) => {
      const failure = named(error, name);
      if (!hadExpired) account.emit({ type: 'revocation.failed', error: failure });
      throw failure.forCaller(undefined, account.label);
    });
  }
}

/** The definition has no `revocation`. */
export function cannotRevoke(provider: string): OAuth2ClientError {
  return invalidCall(
    provider,
    'The definition has no `revocation`, so its tokens cannot be revoked.',
    'Add `revocation` to the definition, or call `invalidate()` to forget the token here.',
  );
}

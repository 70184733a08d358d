import { identify } from '../sharing/account-identity.js';
import { toolsFor } from '../core/attempts.js';
import type { Closing, Ending } from './closing.js';
import { OAuth2ClientError } from '../core/errors.js';
import { tell } from '../core/events.js';
import { timedOut, unexpected } from './flight-failures.js';
import type { FlightParts } from './flights.js';
import type { RenewalContext } from './renewal-context.js';
import type { Slot } from '../account/slot.js';
import { abandonable, withDeadline } from '../util/waiting.js';
import { withdrawAll } from '../sharing/withdrawal.js';

/** Accounts whose tokens are given back at the same time when an application ends. */
const AT_ONCE = 10;

/** Gives tokens back to the vendor (RFC 7009), when they are forgotten here and ended in the shared store. */
export class Revocation {
  readonly #late = () =>
    timedOut(this.parts.name, this.parts.deadline, 'token request', this.parts.source.place);

  /** @param shared an account in the shared store, by its key */
  constructor(
    private readonly parts: FlightParts,
    private readonly shared: RenewalContext['shared'],
    private readonly closing: Closing,
  ) {}

  /** Gives back the tokens of one account, unless the application ends first. */
  of(slot: Slot): Promise<void> {
    const { deadline } = this.parts;
    return this.#told(slot, () =>
      this.closing.withDeadline(deadline, this.#late, (ending) => this.#giveBack(slot, ending)),
    );
  }

  /**
   * Gives back those of all accounts when the application ends, a few at a time and for no longer than the
   * deadline of a renewal. An event reports what the vendor does not accept. Tokens that have expired need not be
   * given back, and a vendor may refuse them.
   */
  async ofAll(slots: Iterable<Slot>): Promise<void> {
    const { name, clock, emit, deadline } = this.parts;
    const end = clock.monotonic() + deadline;
    const isWorthIt = (slot: Slot) =>
      !slot.hasEnded(clock.now()) && (slot.tokens !== undefined || this.shared !== undefined);
    const left = [...slots].filter(isWorthIt);
    const next = async () => {
      for (let slot = left.shift(); slot; slot = left.shift()) {
        const time = end - clock.monotonic();
        const work = (account: Slot) =>
          withDeadline(clock, time, this.#late, (signal) =>
            this.#giveBack(account, { signal, graceful: signal }),
          );
        await this.#told(slot, work).catch(() => {}); // its event says so
        if (clock.monotonic() >= end) return;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    if (left.length === 0) return;
    emit({ type: 'revocation unfinished', provider: name, accounts: left.length });
  }

  async #giveBack(slot: Slot, ending: Ending): Promise<void> {
    const { source, chains, clock } = this.parts;
    const { shared } = this;
    const { target } = slot;
    const tools = toolsFor(this.parts, ending);
    const identifySlot = async () =>
      identify(await source.prepare(target), slot, { chains, shared, clock });
    const tokens = shared
      ? await withdrawAll({ shared, identify: identifySlot, slot, tools })
      : slot.end();
    if (tokens) await abandonable(source.revoke!(tokens, target, tools), ending.signal);
  }

  async #told(slot: Slot, work: (slot: Slot) => Promise<void>): Promise<void> {
    const { parts } = this;
    const hadEnded = slot.hasEnded(parts.clock.now());
    await work(slot).catch((error: unknown) => {
      const failure = error instanceof OAuth2ClientError ? error : unexpected(parts.name, error);
      if (!hadEnded) tell(parts, slot, { type: 'revocation failed', error: failure });
      throw failure.forCaller(undefined, slot.label);
    });
  }
}

import { identify } from './account-identity.js';
import { toolsFor } from './attempts.js';
import { timedOut } from './flight-failures.js';
import type { FlightParts } from './flights.js';
import type { RenewalContext } from './renewal.js';
import type { Slot } from './slot.js';
import { withDeadline } from './waiting.js';
import { withdrawAll } from './withdrawal.js';

/** Accounts whose tokens are given back at the same time when an application ends. */
const AT_ONCE = 10;

/** Gives tokens back to the vendor (RFC 7009), when they are forgotten here and ended in the shared store. */
export class Revocation {
  /** @param shared an account in the shared store, by its key */
  constructor(
    private readonly parts: FlightParts,
    private readonly shared: RenewalContext['shared'],
  ) {}

  /** Gives back the tokens of one account. */
  async of(slot: Slot): Promise<void> {
    const { name, source, chains, clock, emit, deadline } = this.parts;
    const { shared } = this;
    const { target } = slot;
    const ofSlot = async () =>
      identify(await source.prepare(target), slot, { chains, shared, clock });
    const late = () => timedOut(name, deadline, 'token request');
    try {
      await withDeadline(clock, deadline, late, async (signal) => {
        const tools = toolsFor(this.parts, signal);
        const tokens = shared
          ? await withdrawAll({ shared, identify: ofSlot, slot, tools })
          : slot.end();
        if (tokens) await source.revoke!(tokens, target, signal);
      });
    } catch (error) {
      emit({ type: 'revocation failed', provider: name });
      throw error;
    }
  }

  /**
   * Gives back those of all accounts, a few at a time and none any more once the deadline of a renewal is
   * over. What the vendor does not accept is told by an event.
   */
  async ofAll(slots: Iterable<Slot>): Promise<void> {
    const { name, clock, emit, deadline } = this.parts;
    const begun = clock.monotonic();
    const left = [...slots].values();
    const next = async () => {
      for (const slot of left) {
        await slot.flight?.catch(() => {}); // what it brings is given back, too
        await this.of(slot).catch(() => {}); // its event says so
        if (clock.monotonic() - begun >= deadline) return;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    if (!left.next().done) emit({ type: 'revocation failed', provider: name });
  }
}

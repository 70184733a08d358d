import type { Clock } from '../util/clock.js';
import { tell, type TokenListener } from '../core/events.js';
import type { Slot } from '../account/slot.js';

/** What decides whether a rejected token may be renewed. */
interface ForcedRenewalParts {
  readonly name: string;
  readonly emit: TokenListener;
  readonly clock: Clock;
  /** Milliseconds between two renewals that a rejected token forces. */
  readonly forcedRenewalInterval: number;
}

/** Whether a rejected token may be renewed now. */
export function mayForce(slot: Slot, parts: ForcedRenewalParts): boolean {
  const { clock, forcedRenewalInterval } = parts;
  return clock.monotonic() - (slot.forcedAt ?? -Infinity) >= forcedRenewalInterval;
}

/** Tells that a rejected token is not renewed: once, and again after it has stopped for two intervals. */
export function noteWithheld(slot: Slot, parts: ForcedRenewalParts): void {
  const { clock, forcedRenewalInterval: interval } = parts;
  const now = clock.monotonic();
  const isNews = now - (slot.withheldAt ?? -Infinity) >= 2 * interval;
  slot.withheldAt = now;
  if (!isNews) return;
  const retryAfter = Math.max(0, Math.ceil(((slot.forcedAt ?? now) + interval - now) / 1_000));
  tell(parts, slot, { type: 'withheld', retryAfter });
}

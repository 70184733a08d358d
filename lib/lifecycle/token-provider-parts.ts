import type { LabelOf } from '../account/account-label.js';
import type { FlightParts } from './flights.js';
import type { SharedStore } from '../sharing/shared-store.js';

/** What a `TokenProvider` is made of. */
export interface TokenProviderParts extends FlightParts {
  /** Milliseconds between two renewals that a rejected token forces. */
  readonly forcedRenewalInterval: number;
  /** Where tokens are shared with others. */
  readonly store?: SharedStore | undefined;
  /** Slots kept beside the definition's own. */
  readonly slotLimit: number;
  /** Names the accounts in errors and events. Default: they have no names. */
  readonly labelOf?: LabelOf | undefined;
  /** The subject of calls that name none. */
  readonly subject?: (() => string | undefined) | undefined;
  /** Each token is good for one request. */
  readonly singleUse?: boolean | undefined;
  /** Whether the end of the application gives the tokens back. */
  readonly revokesOnClose?: boolean | undefined;
}

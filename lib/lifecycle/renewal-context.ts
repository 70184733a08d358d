import type { AttemptTools } from '../core/attempts.js';
import type { Tried } from '../account/backoff.js';
import type { RefreshChains } from '../account/refresh-chains.js';
import type { SharedAccount } from '../sharing/shared-account.js';
import type { Slot } from '../account/slot.js';
import type { TokenSource } from '../core/token-source.js';

/** What a renewal works with. */
export interface RenewalContext {
  readonly provider: string;
  readonly source: TokenSource;
  readonly slot: Slot;
  readonly tools: AttemptTools;
  /** Called once the credentials are there. */
  readonly onPrepared: (tried: Tried) => void;
  /** The refresh token families of the provider. */
  readonly chains: RefreshChains;
  /** An account in the shared store, by its key. */
  readonly shared: ((key: string) => SharedAccount) | undefined;
}

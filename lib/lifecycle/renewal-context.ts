import type { Account } from '../account/account.js';
import type { AskedWith } from '../account/backoff.js';
import type { RefreshTokenFamilies } from '../account/refresh-token-family.js';
import type { AttemptTools } from '../core/attempts.js';
import type { PreparedGrants, TokenSource } from '../core/token-source.js';
import type { RenewalInput, Sharing } from '../sharing/sharing.js';

/** What a renewal works with. */
export interface RenewalContext {
  /** Name of the provider. */
  readonly provider: string;
  readonly source: TokenSource;
  readonly account: Account;
  readonly tools: AttemptTools;
  readonly families: RefreshTokenFamilies;
  readonly sharing: Sharing;
  /** Called when the credentials are resolved. */
  readonly onPrepared: (askedWith: AskedWith) => void;
}

/** A renewal whose credentials are resolved, with the tokens that it starts from. */
export interface GrantContext extends RenewalContext {
  readonly grants: PreparedGrants;
  readonly input: RenewalInput;
  /** No renewal of the account has failed since its last token. */
  readonly isFirst: boolean;
}

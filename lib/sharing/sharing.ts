import type { Account } from '../account/account.js';
import { RefreshTokenFamily, type RefreshTokenFamilies } from '../account/refresh-token-family.js';
import type { RenewalResult } from '../account/renewal-result.js';
import type { AttemptTools } from '../core/attempts.js';
import type { OAuth2ClientError } from '../core/errors.js';
import type { TokenSet } from '../core/token-set.js';
import type { PreparedGrants } from '../core/token-source.js';

/** What a renewal starts from. */
export interface RenewalInput {
  /** The tokens of the account, with its newest refresh token. */
  readonly held: TokenSet | undefined;
  /** Why the refresh token must not be sent now: another instance may have used it. */
  readonly refreshBlocked?: OAuth2ClientError | undefined;
  /** Looks for tokens that another instance has obtained since. With `patience` it waits a moment for them. */
  readonly newerElsewhere?: ((patience: boolean) => Promise<RenewalResult | undefined>) | undefined;
  /** Whether an instance that died may have used the refresh token. */
  readonly mayBeUsed?: boolean | undefined;
}

/** One renewal of one account. */
export interface RenewalRequest {
  readonly account: Account;
  readonly grants: PreparedGrants;
  readonly tools: AttemptTools;
  /** Asks the token endpoint. */
  readonly obtain: (input: RenewalInput) => Promise<RenewalResult>;
}

/** How the instances of an application share the tokens of one provider. */
export interface Sharing {
  /** Whether other instances may have tokens of an account that has none here. */
  readonly isShared: boolean;
  /**
   * Renews an account. It takes what another instance has obtained, or else asks the token endpoint: one
   * instance at a time for each account and each refresh token family.
   */
  renew(request: RenewalRequest): Promise<RenewalResult>;
  /** Looks for the token with which another instance has replaced a rejected one. */
  replacement(account: Account): Promise<RenewalResult | undefined>;
  /** Marks the access token of an account as invalid for all instances. The refresh token stays. */
  invalidate(account: Account): void;
  /**
   * Takes the tokens of an account from all instances, to revoke them.
   *
   * @param prepare resolves the credentials
   * @returns the newest tokens, with the newest refresh token of their family
   */
  takeTokens(
    account: Account,
    prepare: () => Promise<PreparedGrants>,
    tools: AttemptTools,
  ): Promise<TokenSet | undefined>;
  /** Reports once if other instances are configured differently, so that they share no tokens with this one. */
  compareDefinitions(): Promise<void>;
  close(): Promise<void>;
}

/** Which account and which refresh token family the credentials belong to. */
export interface Identity {
  /** Names the tokens in the shared store. */
  readonly key: string;
  /** The family of the configured refresh token, if there is one. */
  readonly family: RefreshTokenFamily | undefined;
  /** The shared store could not be read, or did not say which family it is. */
  readonly isUnsure: boolean;
}

/**
 * Finds the key of the first refresh token of a family by the key of a later one. `undefined`: the shared store
 * does not say.
 */
type FirstOf = (key: string, known: RefreshTokenFamily | undefined) => Promise<string | undefined>;

/**
 * Identifies an account by its resolved credentials. A configured refresh token makes it another account, named by
 * its family, so that a successor of the configured token means the same account.
 */
export async function identify(
  grants: PreparedGrants,
  account: Account,
  families: RefreshTokenFamilies,
  firstOf: FirstOf,
): Promise<Identity> {
  const { configuredRefreshToken: configured, accountKey } = grants;
  if (configured === undefined) return { key: accountKey, family: undefined, isUnsure: false };
  const key = grants.refreshTokenKey(configured);
  const known = families.find(key) ?? remembered(account.family, key);
  const first = await firstOf(key, known);
  // From here on nothing is awaited, so that accounts that ask at the same time get the same family.
  const family =
    families.find(first ?? key) ??
    (known?.key === first ? known : undefined) ??
    new RefreshTokenFamily(first ?? key);
  if (first !== undefined) for (const token of [first, key]) families.note(token, family);
  family.foundBy = key;
  return { key: `${accountKey}.${family.key}`, family, isUnsure: first === undefined };
}

/** An account in use keeps its family, even if `RefreshTokenFamilies` has dropped it in favour of others. */
function remembered(
  family: RefreshTokenFamily | undefined,
  key: string,
): RefreshTokenFamily | undefined {
  const isIt = family?.key === key || family?.foundBy === key;
  return isIt && !family.isPartOfAnother ? family : undefined;
}

/** Shares nothing: the tokens stay in the memory of this process. */
export class NoSharing implements Sharing {
  readonly isShared = false;

  constructor(private readonly families: RefreshTokenFamilies) {}

  async renew({ account, grants, tools, obtain }: RenewalRequest): Promise<RenewalResult> {
    const firstOf: FirstOf = async (key, known) => known?.key ?? key;
    const { key, family } = await identify(grants, account, this.families, firstOf);
    account.joinFamily(family);
    const work = () => obtain({ held: account.tokensUnder(key) });
    const result = await (family ? family.inTurn(tools.signal, work) : work());
    return { ...result, stored: { key, version: undefined } };
  }

  async replacement(): Promise<undefined> {}

  invalidate(): void {}

  async takeTokens(account: Account): Promise<TokenSet | undefined> {
    return account.takeTokens();
  }

  async compareDefinitions(): Promise<void> {}

  async close(): Promise<void> {}
}

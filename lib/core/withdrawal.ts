import type { AttemptTools } from './attempts.js';
import { isNewer, type SharedAccount } from './shared-account.js';
import { askForLock, latestBegin, lockOf, type LockTools } from './shared-lock.js';
import { UNAVAILABLE } from './shared-store.js';
import type { Slot } from './slot.js';
import type { TokenSet } from './token-set.js';
import type { PreparedGrants } from './token-source.js';
import { abandonable } from './waiting.js';

/** What memory has of an account. */
interface Known {
  readonly tokens: TokenSet | undefined;
  readonly version: string | undefined;
}

/** Where the tokens of an account are that are to be ended for everybody. */
export interface SharedTokens {
  /** An account in the shared store, by its key. */
  readonly shared: (key: string) => SharedAccount;
  readonly prepare: () => Promise<PreparedGrants>;
  readonly slot: Slot;
  readonly tools: AttemptTools;
}

/**
 * Ends the tokens of an account in the store, when nobody else is renewing them.
 *
 * @param known what memory had of them
 * @returns the newest of them, with the newest refresh token of the subject
 */
export function withdrawAll(account: SharedTokens, known: Known): Promise<TokenSet | undefined> {
  return noted(account.slot, withdrawn(account, known));
}

/** Renewals of the slot wait until it is over: they would take what is being withdrawn. */
function noted<T>(slot: Slot, work: Promise<T>): Promise<T> {
  const over = work
    .then(
      () => {},
      () => {},
    )
    .finally(() => {
      if (slot.withdrawal === over) slot.withdrawal = undefined;
    });
  slot.withdrawal = over;
  return work;
}

async function withdrawn(
  { shared, prepare, slot, tools }: SharedTokens,
  known: Known,
): Promise<TokenSet | undefined> {
  const { accountKey, subjectKey } = await abandonable(prepare(), tools.signal);
  const tokens = await withdraw(shared(accountKey), tools, known, (newest) =>
    newest.with({ expiresAt: 0, refreshToken: undefined }),
  );
  if (!tokens || !slot.chain || subjectKey === accountKey) return tokens;
  const { version } = slot.chain;
  const ofSubject = await withdraw(shared(subjectKey), tools, { tokens, version }, (newest) =>
    newest.with({ refreshToken: undefined }),
  );
  return tokens.with({ refreshToken: ofSubject?.refreshToken });
}

/** Puts what `ended` makes of the newest tokens in their place. Whoever has older ones hears of it there. */
async function withdraw(
  account: SharedAccount,
  tools: AttemptTools,
  known: Known,
  ended: (newest: TokenSet) => TokenSet,
): Promise<TokenSet | undefined> {
  const lock = await lockOf(account, tools, latestBegin(tools));
  if (lock === UNAVAILABLE) return known.tokens;
  try {
    const found = await account.lookUp();
    if (found === UNAVAILABLE) return known.tokens;
    const newest = (isNewer(found, known.version) && found.tokens) || known.tokens;
    if (newest) await account.write(ended(newest), found.version);
    return newest;
  } finally {
    await lock.release();
  }
}

/**
 * Ends the access token of a slot in the store, unless somebody has renewed it or is about to. Its refresh
 * token stays.
 */
export function withdrawAccessToken(account: SharedAccount, slot: Slot, tools: LockTools): void {
  void noted(slot, accessTokenWithdrawn(account, slot, tools));
}

async function accessTokenWithdrawn(
  account: SharedAccount,
  slot: Slot,
  tools: LockTools,
): Promise<void> {
  const { stored } = slot;
  const lock = await askForLock(account, tools);
  if (lock === 'held' || lock === UNAVAILABLE) return;
  try {
    const found = await account.lookUp();
    if (found === UNAVAILABLE || !found.tokens || found.version !== stored?.version) return;
    await account.write(found.tokens.with({ expiresAt: 0 }), found.version);
  } finally {
    await lock.release();
  }
}

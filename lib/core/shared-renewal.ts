import type { AttemptTools } from './attempts.js';
import { instant } from './clock.js';
import type { Renewal } from './renewal-outcome.js';
import type { TokenSet } from './token-set.js';
import type { StoredTokens, TokenStore } from './token-store.js';
import { withDeadline } from './waiting.js';

/** Milliseconds that the store may take for one operation. */
const OPERATION = 250;

/** Milliseconds that a token from the store must still live to be worth taking. */
const WORTH_TAKING = 1_000;

/** One account in a store that others use, too. */
export interface SharedAccount {
  readonly store: TokenStore;
  readonly key: string;
  readonly onFailure: () => void;
}

/**
 * Renews through the store: takes what somebody else has obtained, else obtains it and leaves it there.
 * A store that fails is done without.
 *
 * @param held the token set of this process, whose access token is of no more use
 * @param acquire asks the token endpoint, with the newest refresh token there is
 */
export async function renewShared(
  account: SharedAccount,
  held: TokenSet | undefined,
  tools: AttemptTools,
  acquire: (held: TokenSet | undefined) => Promise<Renewal>,
): Promise<Renewal> {
  const { store, key } = account;
  const isNews = ({ tokens }: StoredTokens) =>
    tokens.accessToken !== held?.accessToken && tokens.expiresAt - tools.clock.now() > WORTH_TAKING;
  const taken = ({ tokens }: StoredTokens): Renewal => {
    return { by: 'store', tokens, startedAt: instant(tools.clock) };
  };

  const found = await guarded(account, tools, () => store.get(key));
  if (found && isNews(found)) return taken(found);
  const renewal = await acquire(found?.tokens ?? held);
  const written = await guarded(account, tools, () =>
    store.set(key, renewal.tokens, found?.version),
  );
  if (written !== undefined) return renewal;
  const winner = await guarded(account, tools, () => store.get(key));
  return winner && isNews(winner) ? taken(winner) : renewal;
}

async function guarded<T>(
  { onFailure }: SharedAccount,
  { clock }: AttemptTools,
  operation: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await withDeadline(clock, OPERATION, () => new Error('timeout'), operation);
  } catch {
    onFailure(); // its error may quote a connection string, so it goes no further
    return undefined;
  }
}

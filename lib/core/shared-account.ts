import { UNAVAILABLE, type SharedStore } from './shared-store.js';
import type { Slot } from './slot.js';
import { isSendable, TokenSet } from './token-set.js';
import type { StoredAccount } from './token-store.js';

/** One account in a store that others use, too. */
export interface SharedAccount {
  readonly store: SharedStore;
  readonly key: string;
  readonly onFailure: () => void;
}

/** What the store says of an account, if it says anything. */
export type Found = StoredAccount | typeof UNAVAILABLE;

/** What the store has, as far as it is what it should be: users write stores, and others write into them. */
export function lookUp({ store, key, onFailure }: SharedAccount): Promise<Found> {
  return store.ask(async (store) => {
    const { tokens, version, isOutdated, failure } = (await store.get(key)) ?? {};
    const spent = Array.isArray(tokens?.spent) ? tokens.spent : undefined;
    const copy = tokens && new TokenSet(tokens).with({ spent });
    return {
      tokens: copy && isSendable(copy.accessToken) ? copy : undefined,
      version: typeof version === 'string' ? version : undefined,
      isOutdated: isOutdated === true,
      failure: isFailure(failure) ? failure : undefined,
    };
  }, onFailure);
}

/** Milliseconds for which a failure of others is believed. */
const LONGEST_FAILURE = 3_600_000;

function isFailure(failure: StoredAccount['failure']): boolean {
  const { details, retryIn = 0 } = failure ?? {};
  const texts = [details?.code, details?.stage, details?.reason, details?.hint];
  const isWhole = texts.every((text) => typeof text === 'string');
  return isWhole && retryIn > 0 && retryIn <= LONGEST_FAILURE;
}

/** A version that is known has been replaced here, even where the store did not take the new one. */
export function isNewer(found: StoredAccount, known: string | undefined): boolean {
  return found.version !== undefined && found.version !== known && !found.isOutdated;
}

/** The newest tokens of an account, and where they are. */
export async function newestOf(
  { store, key, onFailure }: SharedAccount,
  slot: Slot,
): Promise<{ readonly tokens: TokenSet | undefined; readonly version: string | undefined }> {
  const found = await lookUp({ store, key, onFailure });
  return found !== UNAVAILABLE && isNewer(found, slot.stored?.version) && found.tokens
    ? { tokens: found.tokens, version: found.version }
    : { tokens: slot.newest(), version: slot.stored?.version };
}

/** Leaves word in the store that a token set has been given back: nobody takes an expired one. */
export async function leaveRevoked(
  { store, key, onFailure }: SharedAccount,
  tokens: TokenSet,
  version: string | undefined,
): Promise<void> {
  const ended = tokens.with({ expiresAt: 0, refreshToken: undefined });
  await store.ask((store) => store.set(key, ended, version), onFailure);
}

import { isSendable, TokenSet } from '../core/token-set.js';
import type { StoredAccount, TokenStore } from '../core/token-store.js';
import { LARGEST_TOKEN_SET, sizeOf } from '../util/memory.js';
import type { StoreOperation } from './store-failure.js';
import {
  UNAVAILABLE,
  type PendingLock,
  type SharedStore,
  type StoreListener,
} from './shared-store.js';

/** What the store has under a key, if it answers. */
export type Found = StoredAccount | typeof UNAVAILABLE;

type Run<T> = (store: TokenStore, key: string) => Promise<T>;

/** One record in a store that other instances use, too. */
export class SharedRecord {
  constructor(
    private readonly store: SharedStore,
    readonly key: string,
    private readonly emit: StoreListener,
  ) {}

  /** See {@link SharedStore.ask}. */
  ask<T>(operation: StoreOperation, run: Run<T>): Promise<T | typeof UNAVAILABLE> {
    return this.store.ask(operation, (store) => run(store, this.key), this.emit);
  }

  /** See {@link SharedStore.insist}. */
  insist<T>(operation: StoreOperation, run: Run<T>): Promise<T | typeof UNAVAILABLE> {
    return this.store.insist(operation, (store) => run(store, this.key), this.emit);
  }

  /**
   * Reads the record without its invalid members. The store may be a user's own, and other programs may write into it.
   */
  read(): Promise<Found> {
    return this.ask('get', async (store, key) => checked((await store.get(key)) ?? {}));
  }

  /**
   * Writes if the version is unchanged, or if the record has vanished: then no newer write can be lost. A refresh token
   * is written even in the pause after a failure of the store. Otherwise other instances would use the one that it
   * replaces.
   *
   * @param version returns the version that the write replaces. It changes if a pending write of this instance ends
   * before this one
   * @returns the new version; `undefined` if another instance was first
   */
  async write(
    tokens: TokenSet,
    version: () => string | undefined,
  ): Promise<string | undefined | typeof UNAVAILABLE> {
    const write = (over: string | undefined) => {
      const run: Run<string | undefined> = (store, key) => store.set(key, tokens, over);
      return tokens.refreshToken === undefined ? this.ask('set', run) : this.insist('set', run);
    };
    const replaced = version();
    const written = await write(replaced);
    if (written !== undefined) return written;
    const found = await this.read();
    if (version() !== replaced) return write(version());
    return found !== UNAVAILABLE && found.version === undefined ? write(undefined) : undefined;
  }

  /** Repeats the write of a refresh token that only this instance has, until the store accepts it. */
  writeLater(tokens: TokenSet, { isCurrent, version, onWritten, lock, account }: LaterWrite): void {
    const write = async () => {
      if (!isCurrent()) return true;
      const replaces = version();
      const found = await this.insist('get', async (store, key) => (await store.get(key)) ?? {});
      if (found === UNAVAILABLE) return false;
      const over = found.version === undefined ? undefined : replaces;
      const written = await this.insist('set', (store, key) => store.set(key, tokens, over));
      if (written === UNAVAILABLE) return false;
      if (written !== undefined) onWritten(written);
      return written !== undefined || replaces === version();
    };
    this.store.saveLater(this.key, { write, emit: this.emit, lock, account });
  }

  /** Tries a pending write once more. Resolves to whether one is still pending. */
  isPending(): Promise<boolean> {
    return this.store.isPending(this.key);
  }
}

/** A write that is repeated until the store accepts it. */
export interface LaterWrite {
  /** Whether the tokens are still worth writing. */
  readonly isCurrent: () => boolean;
  /** The version that they replace. */
  readonly version: () => string | undefined;
  readonly onWritten: (version: string) => void;
  /** Label of the account that would lose its refresh token. */
  readonly account: () => string | undefined;
  /** Held until the write is done. Otherwise others would use the refresh token that these tokens replace. */
  readonly lock: PendingLock | undefined;
}

/** Characters. */
const LONGEST_VERSION = 1_024;

/** Bytes in memory. Our own records take less than half of that. */
const LARGEST_FAILURE = 8_192;

/** Milliseconds. The failure of another instance holds this one back for no longer than that. */
const LONGEST_FAILURE = 3_600_000;

function checked({ tokens, version, isOutdated, failure }: StoredAccount): StoredAccount {
  const isVersion = typeof version === 'string' && version.length <= LONGEST_VERSION;
  return {
    tokens: tokens && checkedTokens(tokens),
    version: isVersion ? version : undefined,
    isOutdated: isOutdated === true,
    failure: isFailure(failure) ? failure : undefined,
  };
}

/** The tokens, if they can be sent and are not larger than those of any vendor. */
function checkedTokens(found: TokenSet): TokenSet | undefined {
  const tokens = found instanceof TokenSet ? found : new TokenSet(found);
  const { extra: _extra, ...fields } = tokens.fields();
  const isSmall = sizeOf(fields, LARGEST_TOKEN_SET) <= LARGEST_TOKEN_SET;
  if (!isSmall || !isSendable(tokens.accessToken)) return undefined;
  const hasFamily = tokens.family === undefined || typeof tokens.family === 'string';
  return hasFamily ? tokens : tokens.with({ family: undefined });
}

function isFailure(failure: StoredAccount['failure']): boolean {
  const { details, retryInMs = 0 } = failure ?? {};
  const texts = [details?.code, details?.stage, details?.reason, details?.hint];
  const isWhole =
    texts.every((text) => typeof text === 'string') &&
    sizeOf(details, LARGEST_FAILURE) <= LARGEST_FAILURE;
  return isWhole && retryInMs > 0 && retryInMs <= LONGEST_FAILURE;
}

/**
 * Whether a record is newer than a version that this instance knows. A record is outdated if the store knows that it
 * had a newer one.
 */
export function isNewer(found: StoredAccount, known: string | undefined): boolean {
  return found.version !== undefined && found.version !== known && !found.isOutdated;
}

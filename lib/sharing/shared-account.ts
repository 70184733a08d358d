import { LARGEST_TOKEN_SET, sizeOf } from '../util/memory.js';
import { UNAVAILABLE, type PendingLock, type SharedStore, type StoreNews } from './shared-store.js';
import { isSendable, TokenSet } from '../core/token-set.js';
import type { StoredAccount, TokenStore } from '../core/token-store.js';

/** What the store says of an account, if it says anything. */
export type Found = StoredAccount | typeof UNAVAILABLE;

type Operation<T> = (store: TokenStore, key: string) => Promise<T>;

/** One account in a store that others use, too. */
export class SharedAccount {
  constructor(
    private readonly store: SharedStore,
    readonly key: string,
    private readonly tell: (news: StoreNews) => void,
  ) {}

  /** See {@link SharedStore.ask}. */
  ask<T>(operation: Operation<T>): Promise<T | typeof UNAVAILABLE> {
    return this.store.ask((store) => operation(store, this.key), this.tell);
  }

  /** See {@link SharedStore.insist}. */
  insist<T>(operation: Operation<T>, name?: 'release'): Promise<T | typeof UNAVAILABLE> {
    return this.store.insist((store) => operation(store, this.key), this.tell, name);
  }

  /** What the store has, as far as it is what it should be: users write stores, and others write into them. */
  lookUp(): Promise<Found> {
    return this.ask(async (store, key) => {
      const { tokens, version, isOutdated, failure } = (await store.get(key)) ?? {};
      const family = typeof tokens?.family === 'string' ? tokens.family : undefined;
      const copy = tokens && new TokenSet(tokens).with({ family });
      return {
        tokens: copy && isTokenSet(copy) ? copy : undefined,
        version:
          typeof version === 'string' && version.length <= LONGEST_VERSION ? version : undefined,
        isOutdated: isOutdated === true,
        failure: isFailure(failure) ? failure : undefined,
      };
    });
  }

  /**
   * Leaves tokens in place of a version, or where nothing is any more: there is nobody to be late for. A
   * refresh token is worth an attempt although the store is left alone: others would spend the one before.
   *
   * @param version what they replace; another one when a late write of ours comes between
   * @returns the new version; `undefined` where somebody else was first
   */
  async write(
    tokens: TokenSet,
    version: () => string | undefined,
  ): Promise<string | undefined | typeof UNAVAILABLE> {
    const write = (over: string | undefined) => {
      const operation: Operation<string | undefined> = (store, key) => store.set(key, tokens, over);
      return tokens.refreshToken === undefined ? this.ask(operation) : this.insist(operation);
    };
    const replaced = version();
    const written = await write(replaced);
    if (written !== undefined) return written;
    const found = await this.lookUp();
    if (version() !== replaced) return write(version());
    return found !== UNAVAILABLE && found.version === undefined ? write(undefined) : undefined;
  }

  /** Leaves a refresh token that nobody else has as soon as the store takes it. */
  writeLater(tokens: TokenSet, { isNews, version, onWritten, lock, account }: LaterWrite): void {
    const { key } = this;
    const write = async (store: TokenStore) => {
      if (!isNews()) return true;
      const replaces = version();
      const { version: there } = (await store.get(key)) ?? {};
      const written = await store.set(key, tokens, there === undefined ? undefined : replaces);
      if (written !== undefined) onWritten(written);
      return written !== undefined || replaces === version();
    };
    this.store.saveLater(key, { write, tell: this.tell, lock, account });
  }

  /** Tries a pending write once more. Resolves to whether one is still pending. */
  async isPending(): Promise<boolean> {
    await this.store.saveNow(this.key);
    return this.store.isPending(this.key);
  }
}

/** What says whether tokens that the store did not take are still worth leaving there. */
export interface LaterWrite {
  readonly isNews: () => boolean;
  /** What they replace. */
  readonly version: () => string | undefined;
  readonly onWritten: (version: string) => void;
  /** Label of the account that would lose its refresh token. */
  readonly account: () => string | undefined;
  /** Held until they are written: others would use the refresh token that these tokens replace. */
  readonly lock: PendingLock | undefined;
}

/** Characters. */
const LONGEST_VERSION = 1_024;

/** Bytes in memory; our own take less than half of it. */
const LARGEST_FAILURE = 8_192;

/** Whether its tokens can be sent, and are no more than those of any vendor. */
function isTokenSet(tokens: TokenSet): boolean {
  const { extra: _extra, ...fields } = tokens.fields();
  return sizeOf(fields, LARGEST_TOKEN_SET) <= LARGEST_TOKEN_SET && isSendable(tokens.accessToken);
}

/** Milliseconds for which a failure of others is believed. */
const LONGEST_FAILURE = 3_600_000;

function isFailure(failure: StoredAccount['failure']): boolean {
  const { details, retryInMs = 0 } = failure ?? {};
  const texts = [details?.code, details?.stage, details?.reason, details?.hint];
  const isWhole =
    texts.every((text) => typeof text === 'string') &&
    sizeOf(details, LARGEST_FAILURE) <= LARGEST_FAILURE;
  return isWhole && retryInMs > 0 && retryInMs <= LONGEST_FAILURE;
}

/** A version that is known has been replaced here, even where the store did not take the new one. */
export function isNewer(found: StoredAccount, known: string | undefined): boolean {
  return found.version !== undefined && found.version !== known && !found.isOutdated;
}

import type { EncryptionKey } from './key-ring.js';

/**
 * A client of `ioredis` or of `redis`: one server, Sentinel or Cluster. It should not queue commands while
 * it is offline, and needs a `socketTimeout` to notice that its connection is dead: the options are in
 * `docs/shared-store.md`.
 */
export interface RedisClient {
  eval(...parameters: never[]): Promise<unknown>;
}

/** Options of a {@link RedisTokenStore}. */
export interface RedisTokenStoreOptions {
  /** Connected by the app, and closed by it. */
  readonly client: RedisClient;
  /**
   * What token sets are encrypted with (AES-256-GCM): the first one encrypts, all decrypt. Where there are
   * several, `nameKey` must be said; `docs/shared-store.md` says how to change them.
   */
  readonly encryptionKeys?: readonly EncryptionKey[] | undefined;
  /** Keeps token sets as they are, for everybody who can read the database. */
  readonly dangerouslyStorePlaintext?: boolean | undefined;
  /**
   * What names are made with. All instances need the same, and with another one nothing is found again.
   * Default: the one of `encryptionKeys`; where there are several, it must be said.
   */
  readonly nameKey?: EncryptionKey | undefined;
  /** What all names begin with: no braces, of which Redis Cluster has its own idea. Default `oauth2`. */
  readonly prefix?: string | undefined;
}

/** @throws {TypeError} for options that cannot be meant, before anything is stored by them */
export function checkOptions(options: RedisTokenStoreOptions): void {
  const problem = problemOf(options ?? {});
  if (problem !== undefined) throw new TypeError(`RedisTokenStore ${problem}`);
}

function problemOf({
  client,
  encryptionKeys,
  dangerouslyStorePlaintext,
  nameKey,
  prefix = '',
}: RedisTokenStoreOptions): string | undefined {
  if (typeof (client as { eval?: unknown } | undefined)?.eval !== 'function') {
    return 'needs `client`: a client of `ioredis` or `redis`, not its URL or its options.';
  }
  if (typeof prefix !== 'string' || /[{}]/.test(prefix)) {
    return 'needs a `prefix` without braces: Redis Cluster tells by them where a key lives.';
  }
  if (!encryptionKeys && dangerouslyStorePlaintext !== true) {
    return 'needs `encryptionKeys`, or `dangerouslyStorePlaintext: true`: openssl rand -base64 32';
  }
  if (encryptionKeys && !Array.isArray(encryptionKeys)) {
    return 'needs `encryptionKeys` in an array, even a single one.';
  }
  if (encryptionKeys && encryptionKeys.length > 1 && nameKey === undefined) {
    return 'with several `encryptionKeys` needs `nameKey`: the key that was alone before, for all instances.';
  }
  return undefined;
}

import type { EncryptionKey } from './key-ring.js';
import type { Clock } from '../util/clock.js';

/**
 * A client of `ioredis` or of `redis`: one server, Sentinel or Cluster. It should not queue commands while it is
 * offline, and needs a `socketTimeout` to detect a dead connection. `docs/shared-store.md` shows the options.
 */
export interface RedisClient {
  eval(...parameters: never[]): Promise<unknown>;
}

/** Options of a {@link RedisTokenStore}. */
export interface RedisTokenStoreOptions {
  /** The app connects and closes it. */
  readonly client: RedisClient;
  /**
   * Encrypt token sets with AES-256-GCM: the first key encrypts, all decrypt. Several keys need a `nameKey`.
   * `docs/shared-store.md` shows how to change keys.
   */
  readonly encryptionKeys?: readonly EncryptionKey[] | undefined;
  /** Stores token sets unencrypted: whoever can read the database can read the tokens. Default `false`. */
  readonly dangerouslyStorePlaintext?: boolean | undefined;
  /**
   * Makes the names of records. All instances need the same key; with another one they find no records.
   * Default: the key in `encryptionKeys`. Required if there are several.
   */
  readonly nameKey?: EncryptionKey | undefined;
  /** Prefix of all names. Without braces, because Redis Cluster uses them for hash tags. Default `oauth2`. */
  readonly prefix?: string | undefined;
}

/** @throws {TypeError} for invalid options */
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
    return 'needs a `client`: a client of `ioredis` or `redis`, not its URL or its options.';
  }
  if (typeof prefix !== 'string' || /[{}]/.test(prefix)) {
    return 'needs a `prefix` without braces, because Redis Cluster uses braces for hash tags.';
  }
  if (!encryptionKeys && dangerouslyStorePlaintext !== true) {
    return 'needs `encryptionKeys`, or `dangerouslyStorePlaintext: true`. Make a key with: openssl rand -base64 32';
  }
  if (encryptionKeys && !Array.isArray(encryptionKeys)) {
    return 'needs an array as `encryptionKeys`, even for a single key.';
  }
  if (encryptionKeys && encryptionKeys.length > 1 && nameKey === undefined) {
    return 'needs a `nameKey` if there are several `encryptionKeys`. Set it on all instances to the key that was the only one before.';
  }
  return undefined;
}

interface Address {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly path?: unknown;
}

/** The members of the clients `ioredis` and `redis` that describe their connection. */
interface Connected {
  /** `ioredis`. */
  readonly status?: unknown;
  /** `redis`. */
  readonly isReady?: unknown;
  readonly options?: Address & {
    readonly sentinels?: unknown;
    readonly socket?: Address;
  };
}

/** `host:port` of the server in the options of a client; `undefined` for Sentinel, Cluster and sockets. */
export function addressOf(client: object): string | undefined {
  const { options } = client as Connected;
  if (!options || options.sentinels) return undefined;
  const { host, port, path } = options.socket ?? options;
  if (typeof host !== 'string' || path !== undefined) return undefined;
  return typeof port === 'number' ? `${host}:${port}` : host;
}

/** The failure of a command. If it has no code and the client is offline, it gets the code `ENOTCONN`. */
export function failureOf(client: object, cause: unknown): unknown {
  const { status, isReady } = client as Connected;
  const isOffline = isReady === false || (typeof status === 'string' && status !== 'ready');
  const { code } = (cause ?? {}) as { code?: unknown };
  if (!isOffline || code !== undefined) return cause;
  const error = new Error('The client is not connected to Redis.', { cause });
  return Object.assign(error, { code: 'ENOTCONN' });
}

/** Milliseconds without a reply after which the connection may be dead. */
const SILENT = 1_000;

/**
 * Sends no commands while a reply is overdue. The client would only queue them in memory, and `redis` considers a
 * connection alive as long as it writes to it, so it would never detect that the connection is dead.
 */
export class SilenceGuard {
  readonly #unanswered = new Set<object>();

  constructor(private readonly clock: Clock) {}

  /** @throws an error with the code `ETIMEDOUT` while a reply is overdue */
  async pass<T>(send: () => Promise<T>): Promise<T> {
    if (this.#unanswered.size > 0) {
      throw Object.assign(new Error('Redis has not replied to an earlier command yet.'), {
        code: 'ETIMEDOUT',
      });
    }
    const command = {};
    const cancel = this.clock.after(SILENT, () => this.#unanswered.add(command), 'background');
    try {
      return await send();
    } finally {
      cancel();
      this.#unanswered.delete(command);
    }
  }
}

/** Whether a client is connected to several nodes, so that one silent node says nothing about the others. */
export function isCluster(client: object): boolean {
  return 'isCluster' in client ? client.isCluster === true : 'getSlotMaster' in client;
}

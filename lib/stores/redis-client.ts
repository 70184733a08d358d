import type { EncryptionKey } from './key-ring.js';
import type { Clock } from '../util/clock.js';

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

interface Place {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly path?: unknown;
}

/** What the clients of `ioredis` and `redis` tell of their connection. */
interface Connected {
  /** `ioredis`. */
  readonly status?: unknown;
  /** `redis`. */
  readonly isReady?: unknown;
  readonly options?: Place & {
    readonly sentinels?: unknown;
    readonly socket?: Place;
  };
}

/** `host:port` of the one server that a client connects to, as it was configured. */
export function addressOf(client: object): string | undefined {
  const { options } = client as Connected;
  if (!options || options.sentinels) return undefined;
  const { host, port, path } = options.socket ?? options;
  if (typeof host !== 'string' || path !== undefined) return undefined;
  return typeof port === 'number' ? `${host}:${port}` : host;
}

/** The failure of a command; one without a code gets `ENOTCONN` while the client has no connection. */
export function failureOf(client: object, cause: unknown): unknown {
  const { status, isReady } = client as Connected;
  const isOffline = isReady === false || (typeof status === 'string' && status !== 'ready');
  const { code } = (cause ?? {}) as { code?: unknown };
  if (!isOffline || code !== undefined) return cause;
  const error = new Error('The client is not connected to Redis.', { cause });
  return Object.assign(error, { code: 'ENOTCONN' });
}

/** Milliseconds after which a command without a reply shows that the connection may be dead. */
const SILENT = 1_000;

/**
 * Sends no more commands while a reply is overdue. The client would only keep them in memory. And `redis`
 * takes a connection for alive as long as it writes to it, so that it would never notice that it is dead.
 */
export class SilenceGuard {
  readonly #unanswered = new Set<object>();

  constructor(private readonly clock: Clock) {}

  /** @throws an error with the code `ETIMEDOUT` while a reply is overdue */
  async pass<T>(send: () => Promise<T>): Promise<T> {
    if (this.#unanswered.size > 0) {
      throw Object.assign(new Error('An earlier command has no reply yet.'), {
        code: 'ETIMEDOUT',
      });
    }
    const command = {};
    const cancel = this.clock.after(SILENT, () => this.#unanswered.add(command), true);
    try {
      return await send();
    } finally {
      cancel();
      this.#unanswered.delete(command);
    }
  }
}

/** Whether a client has connections to several nodes: if one is silent, that says nothing about the others. */
export function isCluster(client: object): boolean {
  return 'isCluster' in client ? client.isCluster === true : 'getSlotMaster' in client;
}

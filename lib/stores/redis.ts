import { randomUUID } from 'node:crypto';

import { systemClock, type Clock } from '../util/clock.js';
import { REFRESH_TOKEN_LIFE, TokenSet, type TokenSetFields } from '../core/token-set.js';
import type { StoredAccount, StoredFailure, TokenLock, TokenStore } from '../core/token-store.js';
import { KeyRing, Names } from './key-ring.js';
import {
  type FailureRecord,
  type LockKeys,
  LockMarks,
  numberOf,
  RedisLocks,
  TRACE,
} from './redis-locks.js';
import {
  addressOf,
  checkOptions,
  failureOf,
  isCluster,
  type RedisClient,
  type RedisTokenStoreOptions,
  SilenceGuard,
} from './redis-client.js';
import { GET, SET } from './redis-scripts.js';

export type { EncryptionKey } from './key-ring.js';
export type { RedisClient, RedisTokenStoreOptions } from './redis-client.js';

/** Version of the record format. A record of a later version is not changed. */
const FORMAT = 'v1';

/** Shortest lifetime of a record in milliseconds, so that other instances can read it. */
const LEAST = 60_000;

/** Longest lifetime that Redis accepts, in milliseconds: 30,000 years. */
const LONGEST = 1e15;

/** Accounts whose last version is remembered, so that an older record is recognised. */
const REMEMBERED = 50_000;

/**
 * Stores token sets in Redis for instances that share them. Each account has four keys with one hash tag:
 * `{prefix:name}:tokens`, `:lock`, `:trace` and `:failure`. The name is an HMAC, and all keys expire.
 *
 * ```ts
 * new RedisTokenStore({ client: new Redis(url), encryptionKeys: [process.env.OAUTH2_STORE_KEY!] });
 * ```
 */
export class RedisTokenStore implements TokenStore {
  readonly #client: RedisClient;
  readonly #ring: KeyRing | undefined;
  readonly #names: Names | undefined;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #locks: RedisLocks;
  readonly #guard: SilenceGuard | undefined;
  readonly #lastCounts = new Map<string, number>();

  /** @throws {TypeError} if the client or the encryption key is missing or invalid */
  constructor(options: RedisTokenStoreOptions, clock: Clock = systemClock) {
    checkOptions(options);
    const { client, encryptionKeys, nameKey, prefix = 'oauth2' } = options;
    this.#client = client;
    this.#ring = encryptionKeys && new KeyRing(encryptionKeys);
    const keyOfNames = nameKey ?? encryptionKeys?.[0];
    this.#names = keyOfNames === undefined ? undefined : new Names(keyOfNames);
    this.#prefix = prefix;
    this.#clock = clock;
    this.#guard = isCluster(client) ? undefined : new SilenceGuard(clock);
    this.#locks = new RedisLocks({
      clock,
      marks: new LockMarks(this.#names, clock),
      run: (script, keys, values) => this.#run(script, keys, values),
      seal: (failure, name) => this.#seal(JSON.stringify(failure), contextOf(name, '')),
    });
  }

  /** `host:port` of the server, without user and password. */
  get address(): string | undefined {
    return addressOf(this.#client);
  }

  async get(key: string): Promise<StoredAccount> {
    const keys = this.#keys(key);
    const names = [keys.tokens, keys.failure, keys.trace];
    const [record, failure, life, last] = (await this.#run(GET, names)) as GetReply;
    const lastFailure = this.#failure(failure, keys.failure, life, last);
    const version = /^v\d{1,9}\.([\w-]{1,100})\./.exec(record)?.[1];
    if (version === undefined) return { failure: lastFailure };
    if (!record.startsWith(`${FORMAT}.`))
      return { tokens: undefined, version, failure: lastFailure };
    if (countOf(version) < (this.#lastCounts.get(keys.tokens) ?? 0)) {
      return { version, isOutdated: true, failure: lastFailure };
    }
    return { tokens: this.#tokens(record, version, keys.tokens), version, failure: lastFailure };
  }

  async set(
    key: string,
    tokens: TokenSet,
    replaces: string | undefined,
  ): Promise<string | undefined> {
    const keys = this.#keys(key);
    const last = this.#lastCounts.get(keys.tokens) ?? 0;
    const count = Math.max(last, countOf(replaces), Math.floor(this.#clock.now()) - 1) + 1;
    const version = `${count}-${randomUUID()}`;
    const context = contextOf(keys.tokens, version);
    const record = `${FORMAT}.${version}.${this.#seal(JSON.stringify(tokens.fields()), context)}`;
    const isWritten = await this.#run(
      SET,
      [keys.tokens, keys.failure, keys.trace],
      [replaces ?? '', record, this.#lifeOf(tokens), version, TRACE],
    );
    if (numberOf(isWritten) === 0) return undefined;
    this.#remember(keys.tokens, count);
    return version;
  }

  async lock(key: string, ttl: number): Promise<TokenLock | 'held'> {
    return this.#locks.lock(this.#keys(key), ttl);
  }

  #keys(key: string): Keys {
    const account = `{${this.#prefix}:${this.#names?.of(key) ?? key}}`;
    const named = (what: string) => `${account}:${what}`;
    return {
      tokens: named('tokens'),
      lock: named('lock'),
      trace: named('trace'),
      failure: named('failure'),
    };
  }

  /** `undefined` if the record cannot be decrypted or read. */
  #tokens(record: string, version: string, name: string): TokenSet | undefined {
    const sealed = record.slice(`${FORMAT}.${version}.`.length);
    const fields = this.#open(sealed, contextOf(name, version));
    if (typeof fields !== 'object' || fields === null) return undefined;
    this.#remember(name, countOf(version));
    return new TokenSet(fields as TokenSetFields);
  }

  /** Ignores a failure that has expired or that is not the last outcome of the account, which would be a replay. */
  #failure(sealed: string, name: string, life: number, last: string): StoredFailure | undefined {
    if (!sealed) return undefined;
    const record = this.#open(sealed, contextOf(name, '')) as
      Partial<FailureRecord> | null | undefined;
    const retryInMs = Math.min(life, (record?.until ?? 0) - this.#clock.now());
    if (!record?.details || record.name !== last || !(retryInMs > 0)) return undefined;
    return { details: record.details, retryInMs };
  }

  #seal(text: string, context: string): string {
    return this.#ring?.seal(text, context) ?? `plain.${Buffer.from(text).toString('base64url')}`;
  }

  #open(sealed: string, context: string): unknown {
    const [, plain = ''] = /^plain\.(.*)$/.exec(sealed) ?? [];
    const text = this.#ring
      ? this.#ring.open(sealed, context)
      : Buffer.from(plain, 'base64url').toString();
    try {
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    } catch {
      return undefined;
    }
  }

  #remember(name: string, count: number): void {
    this.#lastCounts.delete(name);
    this.#lastCounts.set(name, count);
    const [oldest] = this.#lastCounts.keys();
    if (this.#lastCounts.size > REMEMBERED) this.#lastCounts.delete(oldest!);
  }

  #lifeOf({ expiresAt, refreshToken, refreshExpiresAt }: TokenSet): number {
    const now = this.#clock.now();
    const ofRefreshToken =
      (refreshExpiresAt ?? (refreshToken === undefined ? now : now + REFRESH_TOKEN_LIFE)) - now;
    return Math.ceil(Math.min(Math.max(expiresAt - now, ofRefreshToken, LEAST), LONGEST));
  }

  /** @param values numbers are milliseconds and are rounded up, because Redis takes integers */
  async #run(
    script: string,
    keys: readonly string[],
    values: readonly (string | number)[] = [],
  ): Promise<unknown> {
    const client: { eval(...parameters: unknown[]): Promise<unknown> } = this.#client;
    const texts = values.map((value) =>
      String(typeof value === 'number' ? Math.ceil(value) : value),
    );
    const send = () =>
      'defineCommand' in client
        ? client.eval(script, keys.length, ...keys, ...texts) // ioredis
        : client.eval(script, { keys: [...keys], arguments: texts }); // node-redis
    try {
      return await (this.#guard ? this.#guard.pass(send) : send());
    } catch (error) {
      throw failureOf(client, error);
    }
  }
}

interface Keys extends LockKeys {
  readonly tokens: string;
}

/** The reply of the script `GET`. */
type GetReply = [record: string, failure: string, life: number, last: string];

/** The context of a sealed text. A text that is moved to another record cannot be opened. */
function contextOf(name: string, version: string): string {
  return `${name}|${FORMAT}|${version}`;
}

/** The counter in a version. It starts at the clock's time, so that it keeps growing after the database is lost. */
function countOf(version: string | undefined): number {
  return Number(/^\d{1,15}(?=-)/.exec(version ?? '')?.[0] ?? 0);
}

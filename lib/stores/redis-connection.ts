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

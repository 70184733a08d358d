import { kindOf } from '../core/errors.js';
import type { TokenStore } from '../core/token-store.js';

/** The store did not answer in time. */
export class LateError extends Error {
  /** @param ms how long it was waited for */
  constructor(readonly ms: number) {
    super('late');
  }
}

/** What was asked of a store: `release` is asked of a lock that it gave. */
export type StoreOperation = 'get' | 'set' | 'lock' | 'release';

/** A store that notes what is asked of it. */
export class TracedStore implements TokenStore {
  /** The last operation. */
  asked: StoreOperation | undefined = undefined;

  constructor(private readonly store: TokenStore) {}

  get(...parameters: Parameters<TokenStore['get']>): ReturnType<TokenStore['get']> {
    this.asked = 'get';
    return this.store.get(...parameters);
  }

  set(...parameters: Parameters<TokenStore['set']>): ReturnType<TokenStore['set']> {
    this.asked = 'set';
    return this.store.set(...parameters);
  }

  lock(...parameters: Parameters<TokenStore['lock']>): ReturnType<TokenStore['lock']> {
    this.asked = 'lock';
    return this.store.lock(...parameters);
  }
}

/**
 * What may be told of the failure of a store: the operation, where the store is, and code and class of its error.
 * The text of an error may quote a connection string, so it is not shown.
 *
 * @param address where the store says it is; the error may know better
 */
export function storeFailure(
  operation: StoreOperation | undefined,
  error: unknown,
  address: string | undefined,
): string {
  const where = addressOf(error) ?? address;
  const at = where !== undefined && ADDRESS.test(where) ? ` at ${where}` : '';
  return `${operation ?? 'use'}${at}: ${causeOf(error)}`;
}

/** A host name or an IP address, with or without a port. */
const ADDRESS = /^[\w.:[\]-]{1,253}$/;

/** A code of Node or of Redis, which begins the text of its errors with one. */
const CODE = /^[A-Z][A-Z\d_]{2,29}(?=\s|$)/;

function causeOf(error: unknown): string {
  if (error instanceof LateError) return `no answer within ${error.ms} ms`;
  for (const { code, message } of chainOf(error)) {
    const said = code ?? message;
    const [known] = (typeof said === 'string' && CODE.exec(said)) || [];
    if (known !== undefined) return `${known} (${kindOf(error)})`;
  }
  return kindOf(error);
}

function addressOf(error: unknown): string | undefined {
  for (const { address, hostname, port } of chainOf(error)) {
    const host = address ?? hostname;
    if (typeof host !== 'string') continue;
    return typeof port === 'number' ? `${host.includes(':') ? `[${host}]` : host}:${port}` : host;
  }
  return undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** An error and those that it was made from, which clients keep in different places. */
function* chainOf(error: unknown): Generator<Members> {
  let next = error;
  for (let depth = 0; depth < 5 && typeof next === 'object' && next !== null; depth++) {
    const members = next as Members;
    yield members;
    const { cause, errors, lastNodeError } = members;
    next = cause ?? lastNodeError ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
}

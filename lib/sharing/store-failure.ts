import { kindOf } from '../core/errors.js';

/** The store did not answer in time. */
export class LateError extends Error {
  /** @param ms how long we waited */
  constructor(readonly ms: number) {
    super('late');
  }
}

/** An operation on a store. `release` is an operation on a lock. */
export type StoreOperation = 'get' | 'set' | 'lock' | 'release';

/**
 * Describes a failure of the store: the operation, the address of the store, and the code and class of the error. The
 * text of the error is left out, because it may quote a connection string.
 *
 * @param address the address that the store itself states. An address in the error is preferred
 */
export function storeFailure(
  operation: StoreOperation,
  error: unknown,
  address: string | undefined,
): string {
  const where = addressOf(error) ?? address;
  const at = where !== undefined && ADDRESS.test(where) ? ` at ${where}` : '';
  return `${operation}${at}: ${causeOf(error)}`;
}

/** A host name or an IP address, with or without a port. */
const ADDRESS = /^[\w.:[\]-]{1,253}$/;

/** A code of Node, or of Redis, where each error text begins with its code. */
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

/** An error and its causes. Clients keep the causes in different places. */
function* chainOf(error: unknown): Generator<Members> {
  let next = error;
  for (let depth = 0; depth < 5 && typeof next === 'object' && next !== null; depth++) {
    const members = next as Members;
    yield members;
    const { cause, errors, lastNodeError } = members;
    next = cause ?? lastNodeError ?? (Array.isArray(errors) ? errors[0] : undefined);
  }
}

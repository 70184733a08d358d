import { Readable } from 'node:stream';

/** What streams of Node, of `readable-stream` and of old have in common. */
interface Source {
  on(event: string, listener: (value: never) => void): unknown;
  pipe(destination: unknown): unknown;
  pause?(): unknown;
  resume?(): unknown;
  destroy?(error?: Error): unknown;
  readonly readableObjectMode?: boolean;
  readonly readableEnded?: boolean;
  readonly destroyed?: boolean;
  readonly errored?: Error | null;
  readonly [Symbol.toStringTag]?: string;
  append?(...given: unknown[]): unknown;
  getHeaders?(...given: unknown[]): unknown;
  getLength?(...given: unknown[]): unknown;
}

/**
 * What is sent in place of a streamed body. A stream refers to what it is piped into: the request, with its
 * headers. The caller keeps the stream, and finds it in the config of a response or an error. So it is read
 * without a pipe. Any other body is sent as it is.
 */
export function detached(body: unknown): unknown {
  return isSource(body) ? new Upload(body) : body;
}

/** What axios asks of a form that is a stream, such as those of the package `form-data`. */
const FORM_METHODS = ['append', 'getHeaders', 'getLength', 'toString'] as const;

function isSource(body: unknown): body is Source {
  if (typeof body !== 'object' || body === null) return false;
  const { pipe, on } = body as Partial<Source>;
  return typeof pipe === 'function' && typeof on === 'function';
}

/**
 * Reads from a stream when it is read from, and ends as the stream ends. A failure of the stream waits until
 * then: whoever sends the body does not listen before.
 */
class Upload extends Readable {
  readonly #source: Source;
  #isReading = false;
  #isOver = false;
  #fail: (() => void) | undefined = undefined;

  constructor(source: Source) {
    super({ objectMode: source.readableObjectMode ?? false });
    this.#source = source;
    if (typeof source.getHeaders === 'function') this.#lookLike(source);
    source.on('end', () => this.#end());
    source.on('error', (error: Error) => this.#break(error));
    source.on('close', () => this.#break());
    // What has happened before is not told again.
    if (source.readableEnded) this.#end();
    else if (source.destroyed) this.#break(source.errored ?? undefined);
  }

  override _read(): void {
    if (this.#fail) return this.#fail();
    if (!this.#isReading) this.#source.on('data', (chunk: unknown) => this.#take(chunk));
    this.#isReading = true;
    this.#source.resume?.();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#isOver) this.#source.destroy?.(error ?? undefined);
    done(error);
  }

  #lookLike(form: Source): void {
    for (const name of FORM_METHODS) {
      if (typeof form[name] !== 'function') continue;
      const value = (...given: unknown[]): unknown => form[name]!(...given);
      Object.defineProperty(this, name, { value });
    }
    const value = form[Symbol.toStringTag];
    if (value !== undefined) Object.defineProperty(this, Symbol.toStringTag, { value });
  }

  #end(): void {
    this.#isOver = true;
    this.push(null);
  }

  #break(error?: Error): void {
    if (this.#isOver) return;
    this.#fail ??= () => void this.destroy(error);
    if (this.#isReading) this.#fail();
  }

  #take(chunk: unknown): void {
    if (!this.push(chunk)) this.#source.pause?.();
  }
}

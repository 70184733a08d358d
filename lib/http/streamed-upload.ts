import { Readable } from 'node:stream';

/** The members that streams of Node, of `readable-stream` and of old versions have in common. */
export interface StreamedBody {
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

/** The methods that axios calls on a form that is a stream, such as those of the package `form-data`. */
const FORM_METHODS = ['append', 'getHeaders', 'getLength', 'toString'] as const;

/**
 * Replaces a streamed body. A stream refers to its pipe's destination, which is the request with its headers,
 * and the caller finds the stream in the config of a response or an error. So this class reads the stream
 * without a pipe, when it is read itself, and ends when the stream ends. It holds back a failure of the stream
 * until it is read, because nobody listens before that.
 */
export class StreamedUpload extends Readable {
  readonly #source: StreamedBody;
  #isReading = false;
  #isOver = false;
  #fail: (() => void) | undefined = undefined;

  constructor(source: StreamedBody) {
    super({ objectMode: source.readableObjectMode ?? false });
    this.#source = source;
    if (typeof source.getHeaders === 'function') this.#lookLike(source);
    source.on('end', () => this.#end());
    source.on('error', (error: Error) => this.#break(error));
    source.on('close', () => this.#break());
    // A stream emits no event for what happened before.
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

  #lookLike(form: StreamedBody): void {
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

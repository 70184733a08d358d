import { Readable } from 'node:stream';

import type { AxiosResponse } from 'axios';

/** Bytes that may be looked at before a stream is handed on: no vendor needs more to reject a token. */
export const LARGEST_BODY = 65_536;

/** Media types that a rejection may have. Lines of JSON are left out: they may come for hours. */
const MAY_BE_JSON =
  /^\s*(application\/(?!stream\b)([\w.-]+\+)?json|text\/(json|plain|html))\s*(;|$)/i;

/** Whether the body is a stream that may hold a short JSON text. */
export function mayStreamJson({ data, headers }: AxiosResponse): boolean {
  if (!(data instanceof Readable) && !(data instanceof ReadableStream)) return false;
  const [type, length] = [headers?.['content-type'], headers?.['content-length']] as unknown[];
  const isShort = length === undefined || Number(length) <= LARGEST_BODY;
  return isShort && (typeof type !== 'string' || MAY_BE_JSON.test(type));
}

/**
 * Reads a streamed body as far as it may be a short JSON text, and puts a stream of the same bytes in its place.
 *
 * @returns the whole body, or `undefined` if it is something else
 */
export async function bodyInStream(response: AxiosResponse): Promise<Buffer | undefined> {
  const source = response.data as Readable | ReadableStream<Uint8Array>;
  const chunks = source instanceof Readable ? ofNode(source) : ofWeb(source);
  const head: Buffer[] = [];
  const replay = () => head.shift() ?? chunks.next();
  response.data = source instanceof Readable ? new Whole(replay, chunks.stop) : web(replay, chunks);
  for (let size = 0; ;) {
    let chunk: Buffer | undefined;
    try {
      chunk = await chunks.next();
    } catch {
      return undefined; // whoever reads the stream is told of it
    }
    if (!chunk) return Buffer.concat(head);
    head.push(chunk);
    size += chunk.length;
    const isOdd = head.length === 1 && !/^\s*([[{]|$)/.test(chunk.toString('latin1'));
    if (isOdd || size > LARGEST_BODY) return undefined;
  }
}

/** The chunks of a stream; after the last one, and after a failure, always the same answer. */
interface Chunks {
  readonly next: () => Promise<Buffer | undefined>;
  readonly stop: (reason?: unknown) => void;
}

function ofNode(stream: Readable): Chunks {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<string | Uint8Array>;
  return { next: lasting(() => iterator.next()), stop: () => void stream.destroy() };
}

function ofWeb(stream: ReadableStream<Uint8Array>): Chunks {
  const reader = stream.getReader();
  const stop = (reason?: unknown) => void reader.cancel(reason).catch(() => {});
  return { next: lasting(() => reader.read()), stop };
}

type Step = { readonly done?: boolean; readonly value?: string | Uint8Array };

function lasting(step: () => Promise<Step>): Chunks['next'] {
  let end: (() => undefined) | undefined;
  return async () => {
    if (end) return end();
    try {
      const { done, value } = await step();
      if (!done) return Buffer.from(value as Uint8Array);
      end = () => undefined;
    } catch (error) {
      end = () => {
        throw error;
      };
    }
    return end();
  };
}

/** What was read already, and then the rest. */
class Whole extends Readable {
  constructor(
    private readonly replay: () => Buffer | Promise<Buffer | undefined>,
    private readonly stop: () => void,
  ) {
    super();
  }

  override _read(): void {
    Promise.resolve(this.replay()).then(
      (chunk) => this.push(chunk ?? null),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.stop();
    done(error);
  }
}

function web(
  replay: () => Buffer | Promise<Buffer | undefined>,
  { stop }: Chunks,
): ReadableStream<Uint8Array> {
  const source = {
    pull: async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      const chunk = await replay();
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
    cancel: stop,
  };
  // Nothing is read before the caller reads, for until then chunks are looked at.
  return new ReadableStream(source, { highWaterMark: 0 });
}

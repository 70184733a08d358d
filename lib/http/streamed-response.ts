import { Readable } from 'node:stream';

import type { AxiosResponse } from 'axios';

/** Bytes that are read before a stream is handed on. No vendor needs more to reject a token. */
export const LARGEST_BODY = 65_536;

/** Media types that a rejection may have. Not JSON lines, which may arrive for hours. */
const MAY_BE_JSON =
  /^\s*(application\/(?!stream\b)([\w.-]+\+)?json|text\/(json|plain|html))\s*(;|$)/i;

/** Whether the body is a stream of what may be a short JSON text. */
export function mayStreamJson({ data, headers }: AxiosResponse): boolean {
  if (!(data instanceof Readable) && !(data instanceof ReadableStream)) return false;
  const [type, length] = [headers?.['content-type'], headers?.['content-length']] as unknown[];
  const isShort = length === undefined || Number(length) <= LARGEST_BODY;
  return isShort && (typeof type !== 'string' || MAY_BE_JSON.test(type));
}

/**
 * Reads a streamed body while it may be a short JSON text, and replaces it by a stream of the same bytes.
 *
 * @returns the whole body, or `undefined` if it is not a short JSON text
 */
export async function readJsonStream(response: AxiosResponse): Promise<Buffer | undefined> {
  const source = response.data as Readable | ReadableStream<Uint8Array>;
  const chunks = source instanceof Readable ? chunksOfNode(source) : chunksOfWeb(source);
  const head: Buffer[] = [];
  const next = () => head.shift() ?? chunks.next();
  response.data =
    source instanceof Readable ? new NodeStream(next, chunks.stop) : webStream(next, chunks);
  for (let size = 0; ;) {
    let chunk: Buffer | undefined;
    try {
      chunk = await chunks.next();
    } catch {
      return undefined; // the reader of the stream gets the error
    }
    if (!chunk) return Buffer.concat(head);
    head.push(chunk);
    size += chunk.length;
    const isOther = head.length === 1 && !/^\s*([[{]|$)/.test(chunk.toString('latin1'));
    if (isOther || size > LARGEST_BODY) return undefined;
  }
}

/** The chunks of a stream. After the last chunk or a failure, `next` always returns the same result. */
interface Chunks {
  readonly next: () => Promise<Buffer | undefined>;
  readonly stop: (reason?: unknown) => void;
}

function chunksOfNode(stream: Readable): Chunks {
  const iterator = stream[Symbol.asyncIterator]() as AsyncIterator<string | Uint8Array>;
  return { next: repeatable(() => iterator.next()), stop: () => void stream.destroy() };
}

function chunksOfWeb(stream: ReadableStream<Uint8Array>): Chunks {
  const reader = stream.getReader();
  const stop = (reason?: unknown) => void reader.cancel(reason).catch(() => {});
  return { next: repeatable(() => reader.read()), stop };
}

type Step = { readonly done?: boolean; readonly value?: string | Uint8Array };

function repeatable(step: () => Promise<Step>): Chunks['next'] {
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

/** Streams the chunks that were read, and then the rest. */
class NodeStream extends Readable {
  constructor(
    private readonly next: () => Buffer | Promise<Buffer | undefined>,
    private readonly stop: () => void,
  ) {
    super();
  }

  override _read(): void {
    Promise.resolve(this.next()).then(
      (chunk) => this.push(chunk ?? null),
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.stop();
    done(error);
  }
}

function webStream(
  next: () => Buffer | Promise<Buffer | undefined>,
  { stop }: Chunks,
): ReadableStream<Uint8Array> {
  const source = {
    pull: async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      const chunk = await next();
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
    cancel: stop,
  };
  // The stream must not read ahead: `readJsonStream` reads the chunks first.
  return new ReadableStream(source, { highWaterMark: 0 });
}

import { Readable } from 'node:stream';

import type { AxiosResponse } from 'axios';

import type { Api } from './api-directory.js';

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(['get', 'head', 'options', 'trace', 'put', 'delete', 'query']);

/** Whether a request may be sent a second time, as its provider says and its body allows. */
export function mayRetry(policy: Api['retry'], method: string | undefined, body: unknown): boolean {
  if (policy === 'none') return false;
  if (policy === 'idempotent' && !IDEMPOTENT.has((method ?? 'get').toLowerCase())) return false;
  return isReplayable(body);
}

/** Whether a body can be sent a second time as it was: a stream cannot. */
function isReplayable(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === 'string') return true;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return true;
  if (body instanceof URLSearchParams || body instanceof Blob) return true;
  return body instanceof FormData;
}

/** Lets go of an answer that nobody will read, together with its connection. */
export function discard({ data }: AxiosResponse): void {
  const body: unknown = data;
  if (body instanceof ReadableStream) void body.cancel().catch(() => {});
  if (!(body instanceof Readable)) return;
  body.on('error', () => {});
  body.destroy();
}

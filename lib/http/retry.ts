import type { Api } from './api.js';

/** RFC 9110 §9.2.2. */
const IDEMPOTENT = new Set(['get', 'head', 'options', 'trace', 'put', 'delete', 'query']);

/** Whether a request may be sent once more: its provider and its body must allow it. */
export function mayRetry(policy: Api['retry'], method: string | undefined, body: unknown): boolean {
  if (policy === 'none') return false;
  if (policy === 'idempotent' && !IDEMPOTENT.has((method ?? 'get').toLowerCase())) return false;
  return isRepeatable(body);
}

/** Whether a body can be sent again unchanged. A stream cannot. */
function isRepeatable(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === 'string') return true;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) return true;
  if (body instanceof URLSearchParams || body instanceof Blob) return true;
  return body instanceof FormData;
}

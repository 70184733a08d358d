import type { AxiosResponse } from 'axios';

import { matches } from '../oauth2/selector.js';
import type { TokenUse } from '../oauth2/token-use.js';
import { LARGEST_BODY } from './streamed-answer.js';

/**
 * Whether an answer says that the token is no good: 401, or what the vendor has in place of it. A
 * token that is good but lacks a scope is not helped by another (RFC 6750 §3.1).
 *
 * @param body where it is not that of the response, because that is a stream
 */
export function rejectsToken(
  response: AxiosResponse | undefined,
  rejected: TokenUse['rejected'],
  body: unknown = response?.data,
): response is AxiosResponse {
  if (!response) return false;
  const { status, headers } = response;
  if (status === 401 || rejected?.status?.includes(status)) {
    const challenge: unknown = headers?.['www-authenticate'];
    return typeof challenge !== 'string' || !challenge.includes('insufficient_scope');
  }
  if (!rejected) return false;
  return rejected.body !== undefined && matches(jsonOf(body), rejected.body);
}

/** A body as the adapter gives it, before anything has parsed it. */
function jsonOf(data: unknown): unknown {
  const isBytes = Buffer.isBuffer(data);
  if ((typeof data !== 'string' && !isBytes) || data.length > LARGEST_BODY) return undefined;
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}

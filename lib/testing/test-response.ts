import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { ReceivedRequest } from './received-request.js';

/** What an endpoint of an `OAuth2TestServer` answers. */
export interface TestResponse {
  /** Default 200. */
  readonly status?: number;
  /** Default: only a `Content-Type`, and only if the body is an object. */
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. Default: empty. */
  readonly body?: string | Buffer | object;
  /** Writes the response, or leaves it open. The other members do not count then. */
  readonly raw?: (response: ServerResponse, socket: Socket) => void;
}

/**
 * Makes the response to a request. The first request to an endpoint has the number 1. If the function throws, the request
 * gets 500, and the test fails with the error.
 */
export type Responder = (
  request: ReceivedRequest,
  number: number,
) => TestResponse | Promise<TestResponse>;

/**
 * Responses that go wrong, for the endpoints of an `OAuth2TestServer`:
 *
 * ```ts
 * server.tokenEndpoint.respond(faults.unavailable());
 * server.api.respondOnce(faults.throttled(2));
 * ```
 */
export const faults = {
  /**
   * 503.
   *
   * @param retryAfter seconds for a `Retry-After` header. Default: no such header
   */
  unavailable: (retryAfter?: number): TestResponse => busy(503, retryAfter),
  /**
   * 429.
   *
   * @param retryAfter seconds for a `Retry-After` header. Default: no such header
   */
  throttled: (retryAfter?: number): TestResponse => busy(429, retryAfter),
  /**
   * An error of the authorization server (RFC 6749 §5.2).
   *
   * @param error such as `invalid_grant`. Default `invalid_client`
   * @param status default 400; some vendors send errors with 200
   */
  refused: (error = 'invalid_client', status = 400): TestResponse => ({ status, body: { error } }),
  /**
   * An HTML page, as a proxy or a wrong URL sends it.
   *
   * @param status default 200
   */
  page: (status = 200): TestResponse => ({
    status,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>Please try again later</title>',
  }),
  /** The connection ends without a response. */
  disconnect: (): TestResponse => ({ raw: (_response, socket) => void socket.resetAndDestroy() }),
  /** No response ever comes. To answer later, use `hold()` of the endpoint. */
  silence: (): TestResponse => ({ raw: () => {} }),
} as const;

function busy(status: number, retryAfter: number | undefined): TestResponse {
  return { status, headers: retryAfter === undefined ? {} : { 'retry-after': `${retryAfter}` } };
}

export function send(
  { status = 200, headers = {}, body = '', raw }: TestResponse,
  response: ServerResponse,
  socket: Socket,
): void {
  if (raw) return raw(response, socket);
  const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
  response.writeHead(status, { ...(isJson && { 'content-type': 'application/json' }), ...headers });
  response.end(isJson ? JSON.stringify(body) : body);
}

import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

import { Axios, type AxiosResponse, type CreateAxiosDefaults, isAxiosError } from 'axios';

import {
  NOT_SENT,
  RESPONSE_TOO_LARGE,
  type Transport,
  TransportError,
  type TransportResponse,
} from '../oauth2/transport.js';
import { lowerCaseNames } from '../util/encoding.js';
import { withoutPrototype } from './request-config.js';

/** The axios options of a provider that also apply to its token requests. */
const SHARED = ['proxy', 'httpAgent', 'httpsAgent', 'lookup', 'family'] as const;

const LARGEST_ANSWER = 1_048_576;

/**
 * Sends token requests through an axios instance of its own. `new Axios` inherits nothing from the process-wide
 * defaults, unlike `axios.create`.
 */
export function axiosTransport(options: CreateAxiosDefaults = {}): Transport {
  const shared = SHARED.filter((name) => Object.hasOwn(options, name));
  const client = new Axios(
    withoutPrototype<CreateAxiosDefaults>({
      ...Object.fromEntries(shared.map((name) => [name, options[name]])),
      adapter: 'http',
      responseType: 'text',
      maxRedirects: 0,
      maxContentLength: LARGEST_ANSWER,
      validateStatus: null,
    }) as ConstructorParameters<typeof Axios>[0],
  );
  return async ({ method, url, headers, body }, signal, mayBeSent = () => true) => {
    let isRefused = false;
    const transport = heldTransport(() => {
      isRefused = !mayBeSent();
      return !isRefused;
    });
    try {
      // axios sets a content type even if there is no body.
      const allHeaders = body === undefined ? { 'content-type': false, ...headers } : headers;
      const request = { method, url, headers: allHeaders, data: body, signal, transport };
      return read(await client.request<string>(withoutPrototype(request)));
    } catch (error) {
      // The axios error holds the whole request, so only its code is used.
      throw isRefused ? new TransportError(NOT_SENT, 'not sent') : transportError(error, url);
    }
  };
}

function read(response: AxiosResponse<string>): TransportResponse {
  const headers = lowerCaseNames(response.headers, (value) =>
    Array.isArray(value) ? value.join('\n') : String(value),
  );
  return { status: response.status, headers, body: response.data };
}

/** The members of Node's error for a failed connection. */
interface ConnectionError {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

function transportError(error: unknown, url: string): TransportError {
  if (!(error instanceof Error)) return new TransportError('UNKNOWN', 'no complete response');
  if (error.message.startsWith('maxContentLength')) {
    return new TransportError(RESPONSE_TOO_LARGE, 'the response is too large');
  }
  const code = isAxiosError(error) ? error.code : undefined;
  const proxy = proxyOf(error.cause, url);
  return new TransportError(code ?? 'UNKNOWN', tlsReason(error.message), proxy);
}

/** The reason that OpenSSL gives. It is a fixed text and cannot hold a secret. */
function tlsReason(message: string): string {
  return /:SSL routines:[^:]*:([\w /.-]+)/.exec(message)?.[1] ?? 'no complete response';
}

/** The address of the proxy: the one that was connected to, if it is not the host of the URL. */
function proxyOf(cause: unknown, url: string): string | undefined {
  const { address, port, hostname } = (cause ?? {}) as ConnectionError;
  const asked = new URL(url);
  if (hostname !== undefined) return hostname === asked.hostname ? undefined : hostname;
  if (address === undefined || port === undefined) return undefined;
  const ownPort = asked.port || (asked.protocol === 'https:' ? '443' : '80');
  return String(port) === ownPort ? undefined : `${address}:${port}`;
}

type Request = (
  options: https.RequestOptions,
  onResponse: (response: http.IncomingMessage) => void,
) => ClientRequest;

/**
 * A `transport` for axios that holds a request back until its connection is up, and then asks `mayBeSent` whether
 * to send it. The process may have stopped during name look-up or connect for longer than its lock lives, and must
 * not send a refresh token that another instance may have used.
 */
export function heldTransport(mayBeSent: () => boolean): { readonly request: Request } {
  return {
    request(options, onResponse) {
      const { request } = options.protocol === 'https:' ? https : http;
      return held(request(options, onResponse), mayBeSent);
    },
  };
}

function held(request: ClientRequest, mayBeSent: () => boolean): ClientRequest {
  const calls: (() => unknown)[] = [];
  const [write, end] = [request.write.bind(request), request.end.bind(request)];
  request.write = (...args: unknown[]) => {
    calls.push(() => Reflect.apply(write, request, args));
    return true;
  };
  request.end = (...args: unknown[]) => {
    calls.push(() => Reflect.apply(end, request, args));
    return request;
  };
  request.once('socket', (socket) => {
    whenConnected(socket, () => {
      if (request.destroyed) return;
      if (!mayBeSent())
        return void request.destroy(
          new Error('The request was not sent: its deadline has passed.'),
        );
      Object.assign(request, { write, end });
      for (const call of calls) call();
    });
  });
  return request;
}

/** Calls back when a connection is up: at once if it is reused. */
function whenConnected(
  socket: Duplex & { connecting?: boolean; secureConnecting?: boolean },
  callback: () => void,
): void {
  if (socket.secureConnecting) socket.once('secureConnect', callback);
  else if (socket.connecting) socket.once('connect', callback);
  else callback();
}

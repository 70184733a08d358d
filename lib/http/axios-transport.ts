import { Axios, isAxiosError, type AxiosResponse, type CreateAxiosDefaults } from 'axios';

import {
  RESPONSE_TOO_LARGE,
  NOT_SENT,
  TransportError,
  type Transport,
  type TransportResponse,
} from '../oauth2/transport.js';
import { withoutPrototype } from './config-copy.js';
import { heldTransport } from './held-request.js';

/** The axios options of a provider that its token requests share with its API requests. */
const SHARED = ['proxy', 'httpAgent', 'httpsAgent', 'lookup', 'family'] as const;

const LARGEST_ANSWER = 1_048_576;

/**
 * Token requests over an axios of their own. It is not made by `axios.create`, so it inherits nothing
 * from the process-wide defaults: no interceptor, no header, no base URL of anyone else.
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
      // axios would name a content type, even of nothing.
      const named = body === undefined ? { 'content-type': false, ...headers } : headers;
      const request = { method, url, headers: named, data: body, signal, transport };
      return read(await client.request<string>(withoutPrototype(request)));
    } catch (error) {
      // The axios error holds the whole request: nothing of it but its code goes on.
      throw isRefused ? new TransportError(NOT_SENT, 'not sent') : transportError(error, url);
    }
  };
}

function read(response: AxiosResponse<string>): TransportResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    headers[name.toLowerCase()] = Array.isArray(value) ? value.join('\n') : String(value);
  }
  return { status: response.status, headers, body: response.data };
}

/** What Node says of a connection that failed. */
interface ConnectionError {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

function transportError(error: unknown, url: string): TransportError {
  if (!(error instanceof Error)) return new TransportError('UNKNOWN', 'no whole answer');
  if (error.message.startsWith('maxContentLength')) {
    return new TransportError(RESPONSE_TOO_LARGE, 'the answer is too large');
  }
  const code = isAxiosError(error) ? error.code : undefined;
  const proxy = proxyOf(error.cause, url);
  return new TransportError(code ?? 'UNKNOWN', tlsReason(error.message), proxy);
}

/** The reason that OpenSSL gives, which is a fixed text of its own. */
function tlsReason(message: string): string {
  return /:SSL routines:[^:]*:([\w /.-]+)/.exec(message)?.[1] ?? 'no whole answer';
}

/** Where a connection was attempted, if that is not the host of the URL: then it is a proxy. */
function proxyOf(cause: unknown, url: string): string | undefined {
  const { address, port, hostname } = (cause ?? {}) as ConnectionError;
  const asked = new URL(url);
  if (hostname !== undefined) return hostname === asked.hostname ? undefined : hostname;
  if (address === undefined || port === undefined) return undefined;
  const ownPort = asked.port || (asked.protocol === 'https:' ? '443' : '80');
  return String(port) === ownPort ? undefined : `${address}:${port}`;
}

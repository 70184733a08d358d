import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly text: string;
  /** Members of a form-encoded body. */
  readonly form: Readonly<Record<string, string>>;
  /** The Bearer token, if it carries one. */
  readonly token: string | undefined;
}

/** What to answer: parts of a response, or a function that has the socket to itself. */
export type Answer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** An object is sent as JSON. */
      readonly body?: string | Buffer | object;
    }
  | ((response: ServerResponse, socket: Socket) => void);

type Behaviour = (request: Received, count: number) => Answer | Promise<Answer>;

export const hang: Answer = () => {};
export const reset: Answer = (_response, socket) => void socket.resetAndDestroy();

/**
 * A vendor on loopback whose every answer a test decides. Without orders it issues numbered tokens
 * at `POST /token` that live an hour, and its API answers 200 to those that are live.
 */
export class FakeVendor {
  readonly tokenRequests: Received[] = [];
  readonly apiRequests: Received[] = [];
  readonly live = new Set<string>();
  /** How the token endpoint answers; `count` begins at 1. */
  onToken: Behaviour = () => this.grant();
  /** How the API answers. */
  onApi: Behaviour = (request) => this.protect(request);
  #issued = 0;
  readonly #http = createServer((req, res) => void this.#serve(req, res));

  static async start(port = 0): Promise<FakeVendor> {
    const vendor = new FakeVendor();
    vendor.#http.listen(port, '127.0.0.1');
    await once(vendor.#http, 'listening');
    return vendor;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A token answer with the next numbered token, which the API accepts from now on. */
  grant(members: object = {}): Answer {
    const access_token = `access-token-number-${++this.#issued}`;
    this.live.add(access_token);
    return { body: { access_token, token_type: 'Bearer', expires_in: 3600, ...members } };
  }

  /** What the API does: 200 with what it got, or 401. */
  protect({ token, method, path, text }: Received): Answer {
    if (token !== undefined && this.live.has(token)) return { body: { method, path, text } };
    return {
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
      body: {},
    };
  }

  revokeAll(): void {
    this.live.clear();
  }

  async close(): Promise<void> {
    this.#http.close();
    this.#http.closeAllConnections();
    await once(this.#http, 'close');
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const received = await receive(req).catch(() => undefined);
    if (!received) return;
    const isToken = received.path.endsWith('/token');
    const list = isToken ? this.tokenRequests : this.apiRequests;
    list.push(received);
    const answer = await (isToken ? this.onToken : this.onApi)(received, list.length);
    if (typeof answer === 'function') return answer(res, req.socket);
    const { status = 200, headers = {}, body = '' } = answer;
    const isJson = typeof body === 'object' && !Buffer.isBuffer(body);
    res.writeHead(status, { ...(isJson && { 'content-type': 'application/json' }), ...headers });
    res.end(isJson ? JSON.stringify(body) : body);
  }
}

async function receive(req: IncomingMessage): Promise<Received> {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://vendor');
  const body = await buffer(req);
  const text = body.toString('utf8');
  const isForm = req.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  return {
    method: req.method ?? '',
    path: pathname,
    query: searchParams,
    headers: req.headers,
    body,
    text,
    form: isForm ? Object.fromEntries(new URLSearchParams(text)) : {},
    token: /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1],
  };
}

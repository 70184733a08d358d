import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

import { TokenEndpoint, type TokenEndpointDescription } from './token-endpoint.js';
import { TokenLedger } from './token-ledger.js';

export interface VendorServerOptions {
  /** Life of an access token in seconds: 30 unless told, so that renewals are soon seen. */
  tokenLifetime?: number;
  /** `false`: every refresh token is refused. */
  refreshing?: boolean;
  /** The vendor's clock, in epoch milliseconds. */
  now?: () => number;
}

type Handler = (request: Request) => Response | Promise<Response>;

/** A vendor on loopback: its token endpoint, a small API behind it, and controls to disturb both. */
export abstract class VendorServer {
  /** Handlers of the protected API by method and path, as in `GET /payouts`. */
  protected abstract readonly api: Record<string, Handler>;

  private readonly http = createServer((req, res) => void this.serve(req, res));
  private readonly ledger: TokenLedger;
  private readonly tokenEndpoint: TokenEndpoint;
  private readonly apiCounts = { apiCalls: 0, apiUnauthorized: 0 };

  constructor(vendor: TokenEndpointDescription, options: VendorServerOptions) {
    this.ledger = new TokenLedger(options.tokenLifetime ?? 30, options.now ?? Date.now);
    this.tokenEndpoint = new TokenEndpoint(vendor, this.ledger, options.refreshing ?? true);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  get stats() {
    return { ...this.tokenEndpoint.counts, ...this.apiCounts };
  }

  async listen(port = 0): Promise<this> {
    this.http.listen(port, '127.0.0.1');
    await once(this.http, 'listening');
    return this;
  }

  async close(): Promise<void> {
    this.http.close();
    this.http.closeAllConnections();
    await once(this.http, 'close');
  }

  /** Revokes every access token, and on request every refresh token. */
  revoke({ refreshTokens = false } = {}): void {
    this.ledger.revokeAccessTokens();
    if (refreshTokens) this.ledger.revokeRefreshTokens();
  }

  /** The token endpoint answers 503 until {@link up}; the API goes on working. */
  down(): void {
    this.tokenEndpoint.down = true;
  }

  up(): void {
    this.tokenEndpoint.down = false;
  }

  /** The token endpoint takes eight seconds until {@link repair}. */
  slow(): void {
    this.tokenEndpoint.delay = 8_000;
  }

  /** The password becomes another one until {@link repair}. */
  changePassword(): void {
    this.tokenEndpoint.refusesLogins = true;
  }

  /** Everything works again. What was revoked stays revoked. */
  repair(): void {
    Object.assign(this.tokenEndpoint, { down: false, delay: 0, refusesLogins: false });
  }

  private async serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const response = await toRequest(req)
      .then((request) => this.route(request))
      .catch(() => new Response(null, { status: 500 }));
    res.writeHead(response.status, Object.fromEntries(response.headers));
    res.end(await response.text());
  }

  private route(request: Request): Response | Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === this.tokenEndpoint.path) return this.tokenEndpoint.answer(request);
    const action = `${request.method} ${pathname}`;
    if (pathname.startsWith('/_control/')) return this.control(action, searchParams);
    const handler = this.api[action];
    return handler ? this.protect(request, handler) : new Response(null, { status: 404 });
  }

  private protect(request: Request, handler: Handler): Response | Promise<Response> {
    this.apiCounts.apiCalls++;
    const [, token = ''] = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
    if (this.ledger.accepts(token)) return handler(request);
    this.apiCounts.apiUnauthorized++;
    return Response.json(
      { message: 'Unauthorized' },
      { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } },
    );
  }

  private control(action: string, query: URLSearchParams): Response {
    const refreshTokens = query.get('refresh') === '1';
    if (action === 'POST /_control/revoke') this.revoke({ refreshTokens });
    else if (action === 'POST /_control/down') this.down();
    else if (action === 'POST /_control/up') this.up();
    else if (action !== 'GET /_control/stats') return new Response(null, { status: 404 });
    return Response.json(this.stats);
  }
}

async function toRequest(req: IncomingMessage): Promise<Request> {
  const { authorization = '', 'content-type': contentType = '' } = req.headers;
  const body = await buffer(req);
  return new Request(`http://127.0.0.1${req.url}`, {
    method: req.method,
    headers: { authorization, 'content-type': contentType },
    body: body.length > 0 ? body : null,
  });
}

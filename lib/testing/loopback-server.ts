import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on 127.0.0.1. What answers may be set when its URL is known. */
export class LoopbackServer {
  readonly #http = createServer((request, response) => this.#answer(request, response));
  #answer: RequestListener = (_request, response) => void response.writeHead(503).end();

  /** @param port 0: any that is free */
  static async start(port = 0): Promise<LoopbackServer> {
    const server = new LoopbackServer();
    // A client whose event loop is busy may use an idle connection late.
    server.#http.keepAliveTimeout = 60_000;
    server.#http.listen(port, '127.0.0.1');
    await once(server.#http, 'listening');
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Until this is called, the server answers 503. */
  serve(answer: RequestListener): void {
    this.#answer = answer;
  }

  /** Ends all connections, also those that wait for a response. */
  async close(): Promise<void> {
    this.#http.close();
    this.#http.closeAllConnections();
    await once(this.#http, 'close');
  }
}

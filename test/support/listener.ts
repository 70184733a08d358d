import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP server on loopback whose handler may need to know its URL. */
export class Listener {
  readonly #http = createServer((req, res) => this.#handler(req, res));
  #handler: RequestListener = (_req, res) => void res.writeHead(503).end();

  static async start(): Promise<Listener> {
    const listener = new Listener();
    listener.#http.listen(0, '127.0.0.1');
    await once(listener.#http, 'listening');
    return listener;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  serve(handler: RequestListener): void {
    this.#handler = handler;
  }

  async close(): Promise<void> {
    this.#http.close();
    this.#http.closeAllConnections();
    await once(this.#http, 'close');
  }
}

import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** One request as a proxy sees it. */
export interface Proxied {
  readonly method: string;
  /** Absolute URL of a forwarded request, `host:port` of a tunnel. */
  readonly target: string;
  /** Everything that could be read on the way. */
  readonly readable: string;
}

/** An HTTP proxy on loopback that notes what it can read, and passes it on. */
export class RecorderProxy {
  readonly seen: Proxied[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #http = createServer((req, res) => void this.#forward(req, res));

  static async start(): Promise<RecorderProxy> {
    const proxy = new RecorderProxy();
    proxy.#http.on('connect', (req: IncomingMessage, socket: Socket) => proxy.#tunnel(req, socket));
    proxy.#http.on('connection', (socket: Socket) => void proxy.#sockets.add(socket));
    proxy.#http.listen(0, '127.0.0.1');
    await once(proxy.#http, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#http.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#http, 'close');
  }

  #note(req: IncomingMessage, body = ''): void {
    const target = req.url ?? '';
    const readable = [target, ...req.rawHeaders, body].join('\n');
    this.seen.push({ method: req.method ?? '', target, readable });
  }

  async #forward(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await buffer(req);
    this.#note(req, body.toString('latin1'));
    if (!req.url?.startsWith('http://')) return void res.writeHead(502).end();
    const onward = request(req.url, { method: req.method, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    onward.on('error', () => void res.writeHead(502).end());
    onward.end(body);
  }

  #tunnel(req: IncomingMessage, socket: Socket): void {
    this.#note(req);
    const [host, port] = (req.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    socket.on('error', () => onward.destroy());
  }
}

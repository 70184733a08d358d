import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What becomes of one request: it is lost on the way, or its answer is; the connection ends. */
export type Loss = 'request' | 'answer';

interface Order {
  readonly text: string;
  readonly loss: Loss;
  readonly done: () => void;
}

/** A TCP proxy on loopback between a client and its Redis, which loses what it is told to. */
export class FaultProxy {
  readonly #server = createServer((socket) => this.#pass(socket));
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #orders: Order[] = [];
  /** Connections that were made so far. */
  connections = 0;

  private constructor(private readonly port: number) {}

  static async to(url: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(Number(new URL(url).port));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Loses the next request that holds the text, or its answer. Resolves when it has. */
  loses(loss: Loss, text: string): Promise<void> {
    return new Promise((done) => this.#orders.push({ text, loss, done }));
  }

  /** The connections that there are pass on nothing any more, and nobody hears of it. New ones do. */
  silence(): void {
    for (const [client, upstream] of this.#pairs) {
      client.removeAllListeners('data').resume();
      upstream.removeAllListeners('data').resume();
    }
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await once(this.#server, 'close');
  }

  #pass(client: Socket): void {
    this.connections++;
    const upstream = connect(this.port, '127.0.0.1');
    const pair = [client, upstream] as const;
    this.#pairs.add(pair);
    let lost: Order | undefined;
    const end = () => {
      this.#pairs.delete(pair);
      for (const socket of pair) socket.destroy();
      lost?.done();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.on('data', (chunk: Buffer) => {
      lost ??= this.#take(chunk.toString('latin1'));
      if (lost?.loss === 'request') return end();
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => (lost ? end() : client.write(chunk)));
  }

  #take(text: string): Order | undefined {
    const order = this.#orders.find((one) => text.includes(one.text));
    this.#orders = this.#orders.filter((one) => one !== order);
    return order;
  }
}

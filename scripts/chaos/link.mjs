// A TCP connection that can be disturbed: a proxy on loopback between one instance and one server.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** How a link behaves: see {@link Link.disturb}. */
const SOUND = { how: 'sound' };

export class Link {
  #server = createServer((socket) => this.#accept(socket));
  #pairs = new Set();
  #state = SOUND;

  /** @param target port of the server */
  constructor(target) {
    this.target = target;
  }

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
    return this;
  }

  /** Whether a connection that the server sees, by the port that it comes from, is one of this link. */
  has(port) {
    return [...this.#pairs].some(({ far }) => far.localPort === port);
  }

  /**
   * - `cut`: connections end, and new ones end at once.
   * - `slow`: every byte is `delay` milliseconds late.
   * - `silent`: nothing passes any more, and nobody is told. Connections that were open stay dead afterwards;
   *   with `mends` they end then, as where the network sends a reset.
   * - `answer lost`: the next answer of the server is dropped and its connection ends.
   */
  disturb(state) {
    this.#state = state;
    for (const pair of this.#pairs) {
      if (state.how === 'cut') end(pair);
      if (state.how === 'silent') pair.isDead = true;
    }
  }

  restore() {
    const { mends } = this.#state;
    this.#state = SOUND;
    for (const pair of this.#pairs) if (mends && pair.isDead) end(pair);
  }

  async close() {
    this.#server.close();
    for (const pair of this.#pairs) end(pair);
    await once(this.#server, 'close');
  }

  #accept(near) {
    if (this.#state.how === 'cut') return void near.resetAndDestroy();
    const far = connect(this.target, '127.0.0.1');
    const pair = { near, far, isDead: this.#state.how === 'silent' };
    this.#pairs.add(pair);
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => this.#closed(pair));
    }
    near.on('data', (bytes) => this.#pass(pair, far, bytes));
    far.on('data', (bytes) => this.#answer(pair, bytes));
  }

  /** A dead connection does not even tell one side that the other has gone. */
  #closed(pair) {
    if (pair.isDead && !pair.near.destroyed) return;
    this.#pairs.delete(pair);
    end(pair);
  }

  #answer(pair, bytes) {
    if (this.#state.how !== 'answer lost') return this.#pass(pair, pair.near, bytes);
    this.#state = SOUND;
    end(pair);
  }

  #pass(pair, to, bytes) {
    if (pair.isDead) return;
    const { how, delay } = this.#state;
    const now = performance.now();
    const due = how === 'slow' ? now + delay : now;
    // What was sent earlier arrives earlier, also where the delay has ended meanwhile.
    to.due = Math.max(to.due ?? 0, due);
    if (to.due <= now) return void to.write(bytes);
    setTimeout(() => pair.isDead || to.destroyed || to.write(bytes), to.due - now);
  }
}

function end({ near, far }) {
  near.destroy();
  far.destroy();
}

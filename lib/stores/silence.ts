import type { Clock } from '../util/clock.js';

/** Milliseconds after which a command without a reply shows that the connection may be dead. */
const SILENT = 1_000;

/**
 * Sends no more commands while a reply is overdue. The client would only keep them in memory. And `redis`
 * takes a connection for alive as long as it writes to it, so that it would never notice that it is dead.
 */
export class SilenceGuard {
  readonly #unanswered = new Set<object>();

  constructor(private readonly clock: Clock) {}

  /** @throws an error with the code `ETIMEDOUT` while a reply is overdue */
  async pass<T>(send: () => Promise<T>): Promise<T> {
    if (this.#unanswered.size > 0) {
      throw Object.assign(new Error('An earlier command has no reply yet.'), {
        code: 'ETIMEDOUT',
      });
    }
    const command = {};
    const cancel = this.clock.after(SILENT, () => this.#unanswered.add(command), true);
    try {
      return await send();
    } finally {
      cancel();
      this.#unanswered.delete(command);
    }
  }
}

/** Whether a client has connections to several nodes: if one is silent, that says nothing about the others. */
export function isCluster(client: object): boolean {
  return 'isCluster' in client ? client.isCluster === true : 'getSlotMaster' in client;
}

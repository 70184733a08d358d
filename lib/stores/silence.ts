import type { Clock } from '../core/clock.js';

/** Milliseconds after which a command without an answer says that the connection may be dead. */
const SILENT = 1_000;

/**
 * Sends nothing more over a connection that owes an answer. Nothing would come of it, the client would keep
 * it all in memory, and one that takes a connection for alive as long as it writes would never find out.
 */
export class SilenceGuard {
  readonly #unanswered = new Set<object>();

  constructor(private readonly clock: Clock) {}

  /** @throws an error with the code `ETIMEDOUT` while an answer is overdue */
  async pass<T>(send: () => Promise<T>): Promise<T> {
    if (this.#unanswered.size > 0) {
      throw Object.assign(new Error('An earlier command has no answer yet.'), {
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

/** Whether a client has a connection for each of several nodes, one of which says nothing of the others. */
export function isCluster(client: object): boolean {
  return 'isCluster' in client ? client.isCluster === true : 'getSlotMaster' in client;
}

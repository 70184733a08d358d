import type { Clock } from '../util/clock.js';
import type { OAuth2ClientError } from '../core/errors.js';
import { abandonable } from '../util/waiting.js';

/** The signals that end work. */
export interface Ending {
  /** Aborts at once. It ends everything that the work waits for. */
  readonly signal: AbortSignal;
  /** Aborts a little later. It ends a request whose response must not be lost. */
  readonly graceful: AbortSignal;
}

type Listener = (reason: OAuth2ClientError) => void;

/**
 * Ends all work when the application closes, also work that begins later. A request that has sent a refresh token gets a
 * grace period, because its response has the only refresh token that still works.
 */
export class Closing {
  #reason: OAuth2ClientError | undefined = undefined;
  readonly #listeners = new Set<Listener>();

  /** @param grace the grace period in milliseconds; 0: none */
  constructor(
    private readonly clock: Clock,
    private readonly grace: number,
  ) {}

  /** Why the work ends; `undefined` while the application is open. */
  get reason(): OAuth2ClientError | undefined {
    return this.#reason;
  }

  /** Begins to close. */
  begin(reason: OAuth2ClientError): void {
    this.#reason ??= reason;
    for (const listener of this.#listeners) listener(this.#reason);
  }

  /** Settles as `work` does, or rejects as soon as the application closes. The work itself goes on. */
  whileOpen<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = this.#listen(reject);
      void work.then(resolve, reject).finally(leave);
    });
  }

  /**
   * Runs `work` with signals that abort with `timeout()` after `ms`, or when the application closes. It rejects when
   * the later of the two has aborted, whatever the work does.
   */
  async withDeadline<T>(
    ms: number,
    timeout: () => Error,
    work: (ending: Ending) => Promise<T>,
  ): Promise<T> {
    const { clock, grace } = this;
    const [prompt, graceful] = [new AbortController(), new AbortController()];
    const end = (reason: Error) => {
      prompt.abort(reason);
      graceful.abort(reason);
    };
    const timers = [clock.after(ms, () => end(timeout()))];
    const leave = this.#listen((reason) => {
      if (grace === 0) return end(reason);
      prompt.abort(reason);
      timers.push(clock.after(grace, () => end(reason)));
    });
    try {
      const ending = { signal: prompt.signal, graceful: graceful.signal };
      return await abandonable(work(ending), graceful.signal);
    } finally {
      leave();
      for (const cancel of timers) cancel();
    }
  }

  #listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    if (this.#reason) listener(this.#reason);
    return () => void this.#listeners.delete(listener);
  }
}

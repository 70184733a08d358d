import { isAxiosError } from 'axios';

import type { ApiRequestEvent, EventSink } from '../core/events.js';
import type { TokenTarget } from '../core/token-target.js';
import type { TokenStatus } from '../lifecycle/token-access.js';
import type { Clock } from '../util/clock.js';

/** What the requests of one API are reported with. */
interface RequestEventsParts {
  readonly provider: string;
  readonly events: EventSink;
  readonly clock: Clock;
  /** A test double of the provider may have no status. */
  readonly statusOf: (target: TokenTarget | undefined) => TokenStatus | undefined;
}

/** Reports what happens to the requests of one API. A caller asks first whether anybody listens. */
export class RequestEvents {
  /** Where they go, to see whether anybody listens. */
  readonly sink: EventSink;

  constructor(private readonly parts: RequestEventsParts) {
    this.sink = parts.events;
  }

  /** A request leaves with a token from memory. */
  authorized(target: TokenTarget | undefined): void {
    const token = this.parts.statusOf(target)?.token === 'stale' ? 'stale' : 'fresh';
    this.#emit(target, { type: 'api_request.authorized', token, waitedMs: 0 });
  }

  /** A request waits for a token. */
  waits(target: TokenTarget | undefined, token: Promise<unknown>): void {
    const passed = this.#stopwatch();
    token.then(
      () =>
        this.#emit(target, {
          type: 'api_request.authorized',
          token: 'waited',
          waitedMs: passed(),
        }),
      (error: unknown) =>
        this.#emit(target, {
          type: 'api_request.failed',
          code: codeOf(error),
          waitedMs: passed(),
        }),
    );
  }

  /** The API has rejected the token of a request. */
  rejected(target: TokenTarget | undefined): void {
    this.#emit(target, { type: 'api_request.rejected' });
  }

  /** A request is sent once more. */
  repeats(
    target: TokenTarget | undefined,
    method: string | undefined,
    response: Promise<{ readonly status: number }>,
  ): void {
    const startedAt = this.parts.clock.now();
    const passed = this.#stopwatch();
    const ended = (status: number | undefined) =>
      this.#emit(target, {
        type: 'api_request.repeated',
        method: (method ?? 'get').toUpperCase(),
        status,
        startedAt,
        durationMs: passed(),
      });
    response.then(
      ({ status }) => ended(status),
      (error: unknown) => ended(isAxiosError(error) ? error.response?.status : undefined),
    );
  }

  #stopwatch(): () => number {
    const { clock } = this.parts;
    const begun = clock.monotonic();
    return () => clock.monotonic() - begun;
  }

  /** The label of the account is computed only if a listener reads it. */
  #emit(target: TokenTarget | undefined, event: ApiRequestEvent): void {
    const { provider, statusOf } = this.parts;
    this.sink.emit({
      ...event,
      provider,
      get account() {
        return statusOf(target)?.account;
      },
    });
  }
}

/** The code of an error of ours, of axios or of Node. */
function codeOf(error: unknown): string {
  const code: unknown = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'ERR_CANCELED';
}

import { channel } from 'node:diagnostics_channel';

import { Observable, Subject } from 'rxjs';

import { harmless, type EventListener, type OAuth2Event } from '../core/events.js';

/** The channel of `node:diagnostics_channel` on which every module of the process publishes its events. */
export const OAUTH2_EVENTS_CHANNEL = 'nestjs-oauth2-client';

/**
 * What happens to the tokens of a module, as a hot observable. It never completes and holds no past. Events of API
 * requests and of store operations occur often, so do little with each. An event holds no secret.
 *
 * ```ts
 * events.subscribe((event) => {
 *   if (event.type === 'token.failed') page(event.provider, event.error.code);
 * });
 * ```
 */
export class OAuth2Events extends Observable<OAuth2Event> {
  /** @internal */
  readonly channel = channel(OAUTH2_EVENTS_CHANNEL);
  /** @internal */
  readonly subject: Subject<OAuth2Event>;
  readonly #log: EventListener;

  /**
   * @internal
   * @param log receives every event
   */
  constructor(log: EventListener) {
    const subject = new Subject<OAuth2Event>();
    super((subscriber) => subject.subscribe(subscriber));
    this.subject = subject;
    this.#log = harmless(log); // a logger that fails must not stop a renewal
  }

  /** @internal */
  readonly emit = (event: OAuth2Event): void => {
    this.#log(event);
    if (this.channel.hasSubscribers) this.channel.publish(event);
    this.subject.next(event);
  };
}

import { randomUUID } from 'node:crypto';

import {
  Inject,
  Injectable,
  Logger,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { Subscription } from 'rxjs';

import { OAuth2ClientError, placeOf } from '../core/errors.js';
import { harmless } from '../core/events.js';
import type { TokenTarget } from '../core/token-target.js';
import type { TokenProvider } from '../lifecycle/token-provider.js';
import { clientsOf } from '../module/app-providers.js';
import { systemClock, type Clock } from '../util/clock.js';
import { History } from './history.js';
import { shared } from './provider-card.js';
import { snapshot, type Shown, type Snapshot } from './view.js';

/** The texts that are kept until their page is loaded. */
const MOST_NOTICES = 100;

/** What a button may do. */
export type Action = 'renew' | 'invalidate';

/** Knows all providers of the app, remembers what happens to them, and does what the buttons say. */
@Injectable()
export class Board implements OnModuleInit, OnModuleDestroy {
  clock: Clock = systemClock;
  /** Called after each event. */
  onChange: (() => void) | undefined;
  readonly #shown: Shown[] = [];
  readonly #subscriptions: Subscription[] = [];
  readonly #logger = new Logger('OAuth2Board');
  readonly #notices = new Map<string, string>();
  #since = 0;

  constructor(@Inject(ModulesContainer) private readonly modules: ModulesContainer) {}

  onModuleInit(): void {
    const clients = clientsOf(this.modules);
    this.clock = clients[0]?.clock ?? this.clock;
    this.#since = this.clock.now();
    for (const { providers, definitions, events } of clients) {
      const histories = new Map<string, History>();
      for (const name of providers.names) {
        const provider: Partial<TokenProvider> = providers.get(name);
        if (!provider.statuses) continue; // a test has replaced it by an object with less
        const history = new History(this.#since);
        histories.set(name, history);
        const id = `provider-${this.#shown.length}`;
        const isDisabled = definitions.get(name)?.enabled === false;
        this.#shown.push({ id, provider: providers.get(name), isDisabled, history });
      }
      const listener = harmless((event) => {
        histories.get(event.provider)?.record(event, this.clock.now());
        this.onChange?.();
      });
      const subscription = events.subscribe(listener);
      this.#subscriptions.push(subscription);
    }
  }

  onModuleDestroy(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  /** Keeps what a button has done for the page that is shown next. Returns its name. */
  keepNotice(text: string): string {
    const name = randomUUID();
    this.#notices.set(name, text);
    for (const oldest of this.#notices.keys()) {
      if (this.#notices.size <= MOST_NOTICES) break;
      this.#notices.delete(oldest);
    }
    return name;
  }

  notice(name: string | null): string {
    return this.#notices.get(name ?? '') ?? '';
  }

  snapshot(): Snapshot {
    return snapshot(this.#shown, this.#since, this.clock.now());
  }

  /**
   * Does what a button says, within the limits that calls have too: one forced renewal in ten seconds, and none while
   * the account is held back.
   *
   * @param label of the account; `undefined`: the provider's own
   * @returns what to tell the one who has pressed it; `undefined`: there is no such account
   */
  async act(action: Action, id: string, label: string | undefined): Promise<string | undefined> {
    const provider = this.#shown.find((one) => one.id === id)?.provider;
    const target = label === undefined ? {} : provider?.targetOf(label);
    if (!provider || !target) return undefined;
    const place = placeOf({ provider: provider.name, account: label });
    this.#logger.log(`${place} The button "${action}" was pressed on the board.`);
    if (action === 'renew') return `${place} ${await renewed(provider, target)}`;
    provider.invalidate(target);
    this.onChange?.();
    return `${place} The token is discarded. The next call obtains another one.`;
  }
}

async function renewed(provider: TokenProvider, target: TokenTarget): Promise<string> {
  const { error, retryAfter, token } = provider.status(target);
  const current = token === 'none' ? undefined : provider.peek(target);
  if (current && error) {
    return `The old token still serves, and a renewal would give it up. The next attempt is due in ${retryAfter} s.`;
  }
  try {
    const next = await (current ? provider.renew(current, target) : provider.getToken(target));
    if (next.accessToken !== current?.accessToken) return 'There is a new token.';
    return 'The token stays: a renewal was forced less than 10 s ago.';
  } catch (failure) {
    if (!(failure instanceof OAuth2ClientError)) throw failure;
    const wait = failure.retryAfter ? ` The next attempt is due in ${failure.retryAfter} s.` : '';
    return `There is no new token. ${shared(failure).reason}${wait}`;
  }
}

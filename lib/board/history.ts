import type { OAuth2Event, OAuth2EventOf } from '../core/events.js';
import { isLogged, lineOf, type Level } from '../module/log-lines.js';
import type { State } from './words.js';

/** A time in which the provider was in one state. It ends where the next one begins. */
export interface Span {
  readonly state: State;
  /** Milliseconds since the epoch, as all times here. */
  readonly from: number;
  /** When the last token of this time expires. After that, what was up is idle, and what was degraded is down. */
  until: number;
}

/** One moment on the timeline. */
export interface Mark {
  readonly at: number;
  readonly kind: 'renewed' | 'failed' | 'rejected';
}

/** What happened, in the words of the log. */
export interface Entry {
  readonly at: number;
  readonly level: Level;
  readonly headline: string;
  readonly details: string;
  readonly account: string | undefined;
}

/** How often something has happened since the app started. */
export interface Counts {
  renewals: number;
  failedRenewals: number;
  tokenRequests: number;
  apiRequests: number;
  waited: number;
  withoutToken: number;
  repeated: number;
}

/** What is kept in memory of each provider. */
const MOST = { spans: 300, marks: 1_000, entries: 50, accounts: 10_000 };

/** What has happened to one provider since the app started, as far back as its buffers reach. */
export class History {
  readonly spans: Span[] = [];
  readonly marks: Mark[] = [];
  readonly entries: Entry[] = [];
  readonly counts: Counts = {
    renewals: 0,
    failedRenewals: 0,
    tokenRequests: 0,
    apiRequests: 0,
    waited: 0,
    withoutToken: 0,
    repeated: 0,
  };
  lastRenewal: (OAuth2EventOf<'token.obtained'> & { readonly at: number }) | undefined;
  #own: State = 'unknown';
  /** The states of the other accounts that were renewed last. */
  readonly #states = new Map<string, State>();
  readonly #others: Record<State, number> = { ...NONE };

  /** @param since the time from which everything is kept. It grows when a buffer is full */
  constructor(public since: number) {}

  record(event: OAuth2Event, at: number): void {
    this.#count(event);
    if (!isLogged(event)) return;
    const { account } = event;
    const [level, headline, details] = lineOf(event);
    keep(this.entries, { at, level, headline, details, account }, MOST.entries);
    if (event.type === 'token.obtained') {
      this.lastRenewal = { ...event, account, at };
      this.#mark(at, 'renewed');
      this.#enter(account, 'up', at, event.expiresAt);
    } else if (event.type === 'token.failed') {
      this.#mark(at, 'failed');
      this.#enter(account, event.serving ? 'degraded' : 'down', at);
    } else if (event.type === 'serving.stopped') this.#enter(account, 'down', at);
    else if (event.type === 'token.rejected') this.#mark(at, 'rejected');
  }

  #count(event: OAuth2Event): void {
    const { counts } = this;
    if (event.type === 'api_request.authorized') {
      counts.apiRequests++;
      if (event.token === 'waited') counts.waited++;
    } else if (event.type === 'api_request.failed') counts.withoutToken++;
    else if (event.type === 'api_request.repeated') counts.repeated++;
    else if (event.type === 'token_request.ended') counts.tokenRequests++;
    else if (event.type === 'token.obtained') counts.renewals++;
    else if (event.type === 'token.failed') counts.failedRenewals++;
  }

  #mark(at: number, kind: Mark['kind']): void {
    if (keep(this.marks, { at, kind }, MOST.marks)) this.#keptSince(this.marks[0]!.at);
  }

  /** An account has changed its state, which may change that of the provider. */
  #enter(account: string | undefined, state: State, at: number, expiresAt = 0): void {
    if (account === undefined) this.#own = state;
    else this.#set(account, state);
    const last = this.spans.at(-1);
    const now = stateOf(this.#own, this.#others);
    if (last?.state === now) last.until = Math.max(last.until, expiresAt);
    else {
      const until = Math.max(last?.until ?? 0, expiresAt);
      const span = { state: now, from: at, until };
      if (keep(this.spans, span, MOST.spans)) this.#keptSince(this.spans[0]!.from);
    }
  }

  /** A buffer was full. */
  #keptSince(time: number): void {
    this.since = Math.max(this.since, time);
  }

  #set(account: string, state: State | undefined): void {
    const before = this.#states.get(account);
    if (before) this.#others[before]--;
    this.#states.delete(account);
    if (state === undefined) return;
    this.#others[state]++;
    this.#states.set(account, state);
    if (this.#states.size <= MOST.accounts) return;
    const [oldest] = this.#states.keys();
    this.#set(oldest!, undefined);
  }
}

export const NONE: Readonly<Record<State, number>> = { unknown: 0, up: 0, degraded: 0, down: 0 };

/**
 * The state of a provider. It is down if its own account is, or if all others are. It is degraded while some fail.
 *
 * @param others the number of its other accounts in each state
 */
export function stateOf(own: State, others: Readonly<Record<State, number>>): State {
  const all: Record<State, number> = { ...others, [own]: others[own] + 1 };
  const { up, degraded, down } = all;
  if (own === 'down' || (down > 0 && up + degraded === 0)) return 'down';
  if (degraded + down > 0) return 'degraded';
  return up > 0 ? 'up' : 'unknown';
}

/** @returns whether the oldest one was dropped for it */
function keep<T>(list: T[], item: T, most: number): boolean {
  list.push(item);
  return list.length > most && list.shift() !== undefined;
}

import type { TokenProvider } from '../lifecycle/token-provider.js';
import type { TokenStatus } from '../lifecycle/token-access.js';
import { NONE, stateOf, type History } from './history.js';
import { usualWindow, WINDOWS } from './timeline.js';
import { STATES, type State } from './words.js';

/** Accounts on one page of the table. */
const PAGE_SIZE = 25;

/** A provider that the board shows. */
export interface Shown {
  /** Names it in the page and in forms. Two modules may have providers of one name. */
  readonly id: string;
  readonly provider: TokenProvider;
  /** `enabled: false` in its definition. */
  readonly isDisabled: boolean;
  readonly history: History;
}

/** What the reader of a page wants to see. */
export interface Query {
  /** A part of the label of an account, or of the name of its provider. */
  readonly q: string;
  readonly state: State | undefined;
  /** The number of the page of accounts. It begins at 1. */
  readonly page: number;
  /** A name of {@link WINDOWS}; `undefined`: the usual one. */
  readonly window: string | undefined;
}

export interface ProviderView extends Shown {
  readonly name: string;
  readonly state: State;
  /** Its account without a subject, scope or resource. */
  readonly own: TokenStatus;
  /** The account whose facts stand for the provider: its own, or else the one in the worst state. */
  readonly status: TokenStatus;
  /** When the first usable token expires. */
  readonly expiresAt: number | undefined;
  readonly renewing: boolean;
  /** The number of accounts with a subject, scope or resource of their own in each state. */
  readonly others: Readonly<Record<State, number>>;
  readonly hasOthers: boolean;
}

export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly status: TokenStatus;
}

export interface AccountsView {
  /** The number of accounts before the search. */
  readonly total: number;
  readonly found: number;
  readonly pages: number;
  readonly page: number;
  readonly rows: readonly AccountRow[];
}

/** Everything that a page shows, at one moment. */
export interface View {
  readonly now: number;
  readonly query: Query;
  readonly window: string;
  readonly providers: readonly ProviderView[];
  /** `undefined`: no provider has accounts beside its own. */
  readonly accounts: AccountsView | undefined;
}

/** The states of all accounts at one moment. Several readers share one. */
export interface Snapshot {
  readonly now: number;
  readonly since: number;
  readonly providers: readonly ProviderView[];
  readonly rows: readonly AccountRow[];
}

export function queryOf(text: (name: string) => string): Query {
  const state = text('state');
  const window = text('window');
  return {
    q: text('q').trim().slice(0, 100),
    state: STATES.find((known) => known === state),
    page: Math.max(1, Math.floor(Number(text('page'))) || 1),
    window: Object.hasOwn(WINDOWS, window) ? window : undefined,
  };
}

export function snapshot(shown: readonly Shown[], since: number, now: number): Snapshot {
  const all = shown.map((one) => ({ one, statuses: one.provider.statuses() }));
  return {
    now,
    since,
    providers: all.map(({ one, statuses }) => providerView(one, statuses)),
    rows: all.flatMap(({ one: { id, provider }, statuses }) =>
      statuses
        .filter(({ account }) => account !== undefined)
        .map((status) => ({ id, name: provider.name, status })),
    ),
  };
}

function providerView(shown: Shown, statuses: readonly TokenStatus[]): ProviderView {
  const own = statuses[0]!;
  const others = { ...NONE };
  let expiresAt: number | undefined;
  let worst = own;
  for (const status of statuses) {
    if (status !== own) others[status.state]++;
    if (rank(status) > rank(worst)) worst = status;
    if (status.token === 'none' || status.token === 'expired') continue;
    expiresAt = Math.min(expiresAt ?? Infinity, status.expiresAt ?? Infinity);
  }
  return {
    ...shown,
    name: shown.provider.name,
    state: stateOf(own.state, others),
    own,
    status: worst,
    expiresAt,
    renewing: statuses.some(({ renewing }) => renewing),
    others,
    hasOthers: statuses.length > 1,
  };
}

export function viewOf({ now, since, providers, rows }: Snapshot, query: Query): View {
  const window = query.window ?? usualWindow(now - since);
  return { now, query, window, providers, accounts: accountsView(rows, query) };
}

function accountsView(
  all: readonly AccountRow[],
  { q, state, page: wanted }: Query,
): AccountsView | undefined {
  if (all.length === 0) return undefined;
  const part = q.toLowerCase();
  const found = all.filter(
    ({ name, status }) =>
      (state === undefined || status.state === state) &&
      (name.toLowerCase().includes(part) || status.account!.toLowerCase().includes(part)),
  );
  found.sort(
    (a, b) => rank(b.status) - rank(a.status) || compare(a.status.account!, b.status.account!),
  );
  const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const page = Math.min(wanted, pages);
  const rows = found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
  return { total: all.length, found: found.length, pages, page, rows };
}

function rank({ state }: TokenStatus): number {
  return STATES.indexOf(state);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

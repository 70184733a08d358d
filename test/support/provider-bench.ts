import type { OAuth2Event } from '../../lib/core/events.js';
import { SharedStore } from '../../lib/sharing/shared-store.js';
import { RefreshTokenFamilies } from '../../lib/account/refresh-token-family.js';
import { TokenProvider, type TokenProviderParts } from '../../lib/lifecycle/token-provider.js';
import type { TokenStore } from '../../lib/core/token-store.js';
import { ManualClock } from './manual-clock.js';
import { ScriptedSource } from './scripted-source.js';

/** A provider on a manual clock whose token requests a test answers. */
export class ProviderBench {
  readonly clock: ManualClock;
  readonly source = new ScriptedSource();
  readonly events: OAuth2Event[] = [];
  readonly provider: TokenProvider;

  constructor({
    clock = new ManualClock(),
    store,
    ...parts
  }: Partial<Omit<TokenProviderParts, 'store'>> & {
    clock?: ManualClock;
    store?: TokenStore | undefined;
  } = {}) {
    this.clock = clock;
    this.provider = new TokenProvider({
      name: 'acme',
      source: this.source,
      clock,
      random: () => 0,
      emit: (event) => void this.events.push(event),
      deadline: 10_000,
      forcedRenewalInterval: 10_000,
      accountLimit: 10_000,
      families: new RefreshTokenFamilies(),
      store: store && new SharedStore(store, clock),
      ...parts,
    });
  }

  /** `count` calls at once. */
  herd(count: number): Promise<string>[] {
    return Array.from({ length: count }, () => this.token());
  }

  /** The access token that a call gets. */
  async token(...options: Parameters<TokenProvider['getToken']>): Promise<string> {
    return (await this.provider.getToken(...options)).accessToken;
  }

  /** The events without those that only state facts or measure. */
  get changes(): OAuth2Event[] {
    const others = ['account.connected', 'store.operation'];
    return this.events.filter(({ type }) => !others.includes(type));
  }

  eventTypes(): string[] {
    return this.changes.map(({ type }) => type);
  }
}

/**
 * Resolves when everything that was ready to run has run: no time passes. A promise that was rejected
 * until then and that nobody handles fails the running test, for jest watches for these.
 */
export function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

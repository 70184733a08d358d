import type { Account } from '../account/account.js';
import type { RefreshTokenFamilies, RefreshTokenFamily } from '../account/refresh-token-family.js';
import type { RenewalResult } from '../account/renewal-result.js';
import type { AttemptTools } from '../core/attempts.js';
import type { EventListener } from '../core/events.js';
import type { TokenSet } from '../core/token-set.js';
import type { DefinitionConstants, PreparedGrants } from '../core/token-source.js';
import type { Clock } from '../util/clock.js';
import { differingConstants } from './definition-comparison.js';
import { firstOfFamily, inFamilyTurn } from './family-turn.js';
import { refreshBlocked } from './shared-failures.js';
import { SharedRecord } from './shared-record.js';
import { newerThan, SharedRenewal } from './shared-renewal.js';
import type { SharedStore, StoreListener } from './shared-store.js';
import { identify, type Identity, type RenewalRequest, type Sharing } from './sharing.js';
import { invalidateRecord, takeTokens } from './tombstones.js';

/** What sharing over a store needs to know of a provider. */
export interface StoreSharingParts {
  /** Name of the provider. */
  readonly name: string;
  readonly source: { readonly constants?: DefinitionConstants | undefined };
  readonly clock: Clock;
  readonly emit: EventListener;
  /** Milliseconds that one renewal may take. */
  readonly deadline: number;
  readonly families: RefreshTokenFamilies;
}

/** Shares the tokens of a provider over a store. */
export class StoreSharing implements Sharing {
  readonly isShared = true;
  readonly #emit: StoreListener;
  #isCompared = false;

  constructor(
    private readonly parts: StoreSharingParts,
    private readonly store: SharedStore,
  ) {
    this.#emit = (event) => parts.emit({ ...event, provider: parts.name });
  }

  async renew(request: RenewalRequest): Promise<RenewalResult> {
    const { account, grants } = request;
    const { key, family, isUnsure } = await this.#identify(account, grants);
    if (!isUnsure) account.joinFamily(family);
    const obtain = family ? this.#inTurn(request, family, isUnsure) : request.obtain;
    return new SharedRenewal({ ...request, obtain, record: this.#record(key) }).run();
  }

  async replacement(account: Account): Promise<RenewalResult | undefined> {
    const { stored } = account;
    if (!stored) return undefined;
    return newerThan(stored.version, account, this.#record(stored.key), this.parts.clock);
  }

  invalidate(account: Account): void {
    const { clock, deadline } = this.parts;
    if (!account.stored) return;
    const tools = { clock, deadline: clock.monotonic() + deadline };
    invalidateRecord(this.#record(account.stored.key), account, tools);
  }

  takeTokens(
    account: Account,
    prepare: () => Promise<PreparedGrants>,
    tools: AttemptTools,
  ): Promise<TokenSet | undefined> {
    return takeTokens(account, {
      record: (key) => this.#record(key),
      identify: async () => this.#identify(account, await prepare()),
      tools,
    });
  }

  async compareDefinitions(): Promise<void> {
    const { name, source, clock, emit } = this.parts;
    const { constants } = source;
    if (!constants || this.#isCompared) return;
    this.#isCompared = true;
    const record = this.#record(constants.key);
    const names = await differingConstants(record, constants, clock.now());
    if (names.length > 0) emit({ type: 'definition.differs', provider: name, names });
  }

  close(): Promise<void> {
    return this.store.close(this.#emit);
  }

  #record(key: string): SharedRecord {
    return new SharedRecord(this.store, key, this.#emit);
  }

  #identify(account: Account, grants: PreparedGrants): Promise<Identity> {
    const { families, clock } = this.parts;
    return identify(grants, account, families, (key, known) =>
      firstOfFamily(key, known, this.#record(key), clock),
    );
  }

  /** Returns an `obtain` that waits for its turn with the refresh token family. */
  #inTurn(
    { account, grants, tools, obtain }: RenewalRequest,
    family: RefreshTokenFamily,
    isUnsure: boolean,
  ): RenewalRequest['obtain'] {
    const { families } = this.parts;
    if (isUnsure) {
      return (input) => obtain({ ...input, refreshBlocked: refreshBlocked(true) });
    }
    const { refreshTokenKey } = grants;
    const record = (key: string) => this.#record(key);
    const turn = { record, family, families, refreshTokenKey, account, tools };
    return (input) =>
      inFamilyTurn(turn, input, (own) => family.inTurn(tools.signal, () => obtain(own)));
  }
}

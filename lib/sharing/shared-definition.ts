import type { Clock } from '../util/clock.js';
import type { TokenEvent } from '../core/events.js';
import type { SharedAccount } from './shared-account.js';
import type { DefinitionConstants } from '../core/token-source.js';
import { UNAVAILABLE } from './shared-store.js';
import { NO_ACCESS_TOKEN, TokenSet } from '../core/token-set.js';

/** Milliseconds for which the store keeps the constants of an instance: 30 days. */
const REMEMBERED = 30 * 86_400_000;

/** The form of a constant's name. Others may write into the store, and names are logged. */
const NAME = /^(headers|parameters|query)\.[\w-]{1,64}$/;

/** Whose constants are compared, and who is told. */
interface Comparison {
  /** Name of the provider. */
  readonly name: string;
  readonly source: { readonly constants?: DefinitionConstants | undefined };
  readonly clock: Clock;
  readonly emit: (event: TokenEvent) => void;
}

/** A definition as all instances of an application should have it. */
export class SharedDefinition {
  #isCompared = false;

  /** @param shared an account in the shared store, by its key */
  constructor(
    private readonly comparison: Comparison,
    private readonly shared: ((key: string) => SharedAccount) | undefined,
  ) {}

  /** Says once if instances of the definition cannot share their tokens. */
  async compareOnce(): Promise<void> {
    const { name, source, clock, emit } = this.comparison;
    const { constants } = source;
    if (!this.shared || !constants || this.#isCompared) return;
    this.#isCompared = true;
    const names = await differingConstants(this.shared(constants.key), constants, clock.now());
    if (names.length > 0) emit({ type: 'definitions differ', provider: name, names });
  }
}

/**
 * Compares the constants of a definition with those of the instance that was started last, and leaves its
 * own in their place.
 *
 * @returns the names of those that differ. Instances with different constants share no tokens
 */
async function differingConstants(
  record: SharedAccount,
  { digests }: DefinitionConstants,
  now: number,
): Promise<string[]> {
  const found = await record.lookUp();
  if (found === UNAVAILABLE || found.isOutdated) return [];
  const { tokens, version } = found;
  const theirs = tokens?.extra ?? digests;
  const names = [...new Set([...Object.keys(digests), ...Object.keys(theirs)])];
  const differing = names.filter((name) => NAME.test(name) && theirs[name] !== digests[name]);
  const isKept = tokens && differing.length === 0 && tokens.expiresAt - now > REMEMBERED / 2;
  if (!isKept) {
    const ours = new TokenSet({
      accessToken: NO_ACCESS_TOKEN,
      expiresAt: now + REMEMBERED,
      extra: digests,
    });
    await record.ask((store, key) => store.set(key, ours, version));
  }
  return differing;
}

import type { Clock } from './clock.js';
import type { TokenEvent } from './events.js';
import type { SharedAccount } from './shared-account.js';
import { UNAVAILABLE } from './shared-store.js';
import { NONE } from './refresh-chain.js';
import { TokenSet } from './token-set.js';

/** The constants of a definition that belong to the keys of its accounts. */
export interface DefinitionConstants {
  /** The same for all instances of a definition, whatever these constants are. */
  readonly key: string;
  /** Their digests by their names, such as `headers.x-tenant`. */
  readonly digests: Readonly<Record<string, string>>;
}

/** Milliseconds for which the store remembers what an instance was started with: 30 days. */
const REMEMBERED = 30 * 86_400_000;

/** A name as digests have it: others write into the store, too. */
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
 * @returns the names of those that differ: where they do, the instances share no tokens
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
    const ours = new TokenSet({ accessToken: NONE, expiresAt: now + REMEMBERED, extra: digests });
    await record.ask((store, key) => store.set(key, ours, version));
  }
  return differing;
}

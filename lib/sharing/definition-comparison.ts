import { NO_ACCESS_TOKEN, TokenSet } from '../core/token-set.js';
import type { DefinitionConstants } from '../core/token-source.js';
import type { SharedRecord } from './shared-record.js';
import { UNAVAILABLE } from './shared-store.js';

/** Milliseconds for which the store keeps the constants of an instance: 30 days. */
const REMEMBERED = 30 * 86_400_000;

/**
 * The form of a constant's name. Names from the store are checked before they are logged, because other programs may
 * write into it.
 */
const NAME = /^(headers|parameters|query)\.[\w-]{1,64}$/;

/**
 * Compares the constants of a definition with those of the instance that started last, and writes its own in their
 * place.
 *
 * @returns the names of the constants that differ. Instances with different constants share no tokens
 */
export async function differingConstants(
  record: SharedRecord,
  { digests }: DefinitionConstants,
  now: number,
): Promise<string[]> {
  const found = await record.read();
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
    await record.ask('set', (store, key) => store.set(key, ours, version));
  }
  return differing;
}

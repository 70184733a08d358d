import type { Account } from '../account/account.js';
import type { RefreshTokenFamilies, RefreshTokenFamily } from '../account/refresh-token-family.js';
import type { RenewalResult } from '../account/renewal-result.js';
import type { AttemptTools } from '../core/attempts.js';
import { NO_ACCESS_TOKEN, REFRESH_TOKEN_LIFE, TokenSet } from '../core/token-set.js';
import type { Clock } from '../util/clock.js';
import { locked, type HeldLock } from './lock.js';
import { refreshBlocked } from './shared-failures.js';
import { isNewer, type Found, type SharedRecord } from './shared-record.js';
import { UNAVAILABLE } from './shared-store.js';
import type { RenewalInput } from './sharing.js';

/** A turn with a refresh token family. */
export interface FamilyTurn {
  /** A record of the family in the shared store: its own, or the pointer of one of its refresh tokens. */
  readonly record: (key: string) => SharedRecord;
  readonly family: RefreshTokenFamily;
  readonly families: RefreshTokenFamilies;
  readonly refreshTokenKey: (refreshToken: string) => string;
  /** The account whose turn it is. */
  readonly account: Pick<Account, 'label'>;
  readonly tools: AttemptTools;
}

/**
 * Renews an account under the lock of its refresh token family, so that one instance at a time uses the family. The
 * lock of the account is always taken first, and that of the family second. So two instances cannot block each other.
 */
export function inFamilyTurn(
  turn: FamilyTurn,
  input: RenewalInput,
  obtain: (input: RenewalInput) => Promise<RenewalResult>,
): Promise<RenewalResult> {
  const { record, family, tools } = turn;
  return locked(record(family.key), tools, async (found, lock) => {
    const isKnown = continueFrom(turn, found);
    const before = family.newest;
    const isAway = found === UNAVAILABLE;
    const result = await obtain({
      ...input,
      refreshBlocked: isKnown ? input.refreshBlocked : refreshBlocked(isAway),
      mayBeUsed: lock?.wasAbandoned === true,
    });
    if (result.by === 'store' || family.newest === before) return result;
    if (lock) lock.isKept = true; // until the record is written
    return { ...result, save: () => save(turn, result, lock) };
  });
}

/** @returns whether the record says which refresh token of the family is the newest */
function continueFrom(turn: FamilyTurn, found: Found): boolean {
  if (found === UNAVAILABLE) return false;
  const { family, families, refreshTokenKey } = turn;
  const { tokens, version } = found;
  const isNews = isNewer(found, family.version);
  if (isNews && !tokens) return false;
  if (tokens && tokens.family !== family.key) {
    family.isPartOfAnother = true;
    families.forget(family.key); // the next renewal finds the other one
    return false;
  }
  family.version = version;
  if (!isNews || !tokens) return true;
  family.continueWith(tokens);
  if (tokens.refreshToken !== undefined)
    families.note(refreshTokenKey(tokens.refreshToken), family);
  return true;
}

async function save(
  turn: FamilyTurn,
  result: RenewalResult,
  lock: HeldLock | undefined,
): Promise<RenewalResult> {
  const [isWritten] = await Promise.all([saveFamily(turn, lock), savePointer(turn)]);
  if (isWritten) await lock?.release();
  return result;
}

/** @returns whether the lock can be released. Otherwise it is held until the store accepts the record */
async function saveFamily(
  { record, family, account, tools }: FamilyTurn,
  lock: HeldLock | undefined,
): Promise<boolean> {
  const { newest } = family;
  const tokens = family.record(tools.clock.now());
  if (!tokens) return true;
  const own = record(family.key);
  const version = await own.write(tokens, () => family.version);
  if (typeof version === 'string') family.version = version;
  if (version !== UNAVAILABLE) return true;
  own.writeLater(tokens, {
    isCurrent: () => family.newest === newest,
    lock,
    account: () => account.label,
    version: () => family.version,
    onWritten: (written) => void (family.version = written),
  });
  return false;
}

/** Writes a pointer from the newest refresh token to its family: that token may be configured somewhere later. */
async function savePointer(turn: FamilyTurn): Promise<void> {
  const { record, family, refreshTokenKey, account, tools } = turn;
  const { refreshToken } = family.newest ?? {};
  if (refreshToken === undefined) return;
  const key = refreshTokenKey(refreshToken);
  if (key === family.key) return;
  const tokens = pointerTo(family.key, tools.clock.now());
  const own = record(key);
  const written = await own.insist('set', (store, name) => store.set(name, tokens, undefined));
  if (written !== UNAVAILABLE) return;
  own.writeLater(tokens, {
    isCurrent: () => true,
    lock: undefined,
    account: () => account.label,
    version: () => undefined,
    onWritten: () => {},
  });
}

/** What the store has under the key of a later refresh token: a pointer to its family. */
function pointerTo(family: string, now: number): TokenSet {
  const expiresAt = now + REFRESH_TOKEN_LIFE;
  return new TokenSet({ accessToken: NO_ACCESS_TOKEN, expiresAt, family });
}

/**
 * The key of the first refresh token of a family, by a record under the key of one of its refresh tokens.
 *
 * @param key of a refresh token
 * @param known the family of that token, as far as memory knows
 * @returns `undefined` if the store does not say
 */
export async function firstOfFamily(
  key: string,
  known: RefreshTokenFamily | undefined,
  record: SharedRecord,
  clock: Clock,
): Promise<string | undefined> {
  if (known?.key === key) return key;
  const found = await record.read();
  if (found === UNAVAILABLE || (found.version !== undefined && !found.tokens)) return known?.key;
  const { tokens, version } = found;
  const first = tokens?.family ?? known?.key ?? key;
  const now = clock.now();
  const isPointer = tokens !== undefined && first !== key;
  if (isPointer && tokens.expiresAt - now <= REFRESH_TOKEN_LIFE / 2) {
    // It must live for as long as the token is configured.
    await record.write(pointerTo(tokens.family!, now), () => version);
  }
  return first;
}

import { setTimeout as pause } from 'node:timers/promises';

import type { TokenSet } from '../../lib/core/token-set.js';
import type { StoredFailure, TokenLock, TokenStore } from '../../lib/core/token-store.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';

/** What is other about a store than about the good one that is given. */
type Change = (store: TokenStore) => Partial<TokenStore>;

const SLOW = 300;

/** Stores that break one promise each: case of the contract that has to find them out, and what they do. */
export const BROKEN: Readonly<Record<string, Readonly<Record<string, Change>>>> = {
  'knows nothing of an account that nobody wrote': {
    'has null for nothing': (store) => ({
      get: async (key) => ({ version: null as never, ...(await store.get(key)) }),
    }),
  },
  'gives back every member of a token set': {
    'forgets at once': () => ({ get: async () => ({}) }),
    'keeps what is printed of a token set': readBy(
      (tokens) => JSON.parse(JSON.stringify(tokens)) as TokenSet,
    ),
    'gives back plain objects': readBy((tokens) => ({ ...tokens.fields() }) as TokenSet),
    'has whole seconds': readBy((tokens) =>
      tokens.with({ expiresAt: tokens.expiresAt - (tokens.expiresAt % 1_000) - 1 }),
    ),
    'loses refresh tokens': readBy((tokens) => tokens.with({ refreshToken: undefined })),
  },
  'keeps a token whole that is as long as those with many claims are': {
    'cuts off what is too long for a column': readBy((tokens) =>
      tokens.with({ accessToken: tokens.accessToken.slice(0, 4_096) }),
    ),
  },
  'gives back nothing for the members that a token set does not have': {
    'has null for what is missing': readBy((tokens) =>
      tokens.with({ refreshToken: tokens.refreshToken ?? (null as never) }),
    ),
  },
  'leaves the token set that it is given as it is': {
    'notes its own things in it': (store) => ({
      set: (key, tokens, replaces) => {
        Object.assign(tokens.extra, { key });
        return store.set(key, tokens, replaces);
      },
    }),
  },
  'keeps accounts apart': {
    'knows one account': underNames(() => 'one'),
    'has names without case': underNames((key) => key.toLowerCase()),
    'has names of 32 letters': underNames((key) => key.slice(0, 32)),
  },
  'keeps an expired token set that has a refresh token': {
    'gives back none that has expired': readBy((tokens) =>
      tokens.expiresAt > Date.now() ? tokens : undefined,
    ),
  },
  'keeps locks, failures and refresh tokens until their time is over': {
    'ends locks after 300 ms': (store) => ({
      lock: (key, ttl) => store.lock(key, Math.min(ttl, SLOW)),
    }),
    'ends failures after 300 ms': releasedBy((lock, failure) =>
      lock.release(failure && { ...failure, retryInMs: Math.min(failure.retryInMs, SLOW) }),
    ),
    'drops refresh tokens when the access token ends': readBy((tokens) =>
      tokens.expiresAt > Date.now() ? tokens : tokens.with({ refreshToken: undefined }),
    ),
  },
  'lets one that has ended take the place of one that lives': {
    'writes nothing that has ended': (store) => ({
      set: async (key, tokens, replaces) =>
        tokens.expiresAt > Date.now() ? store.set(key, tokens, replaces) : replaces,
    }),
  },
  'gives every write a version of its own, whatever its key': {
    'counts in each account': versionedBy((_tokens, count) => String(count)),
    'has a digest of what is written': versionedBy((tokens) => JSON.stringify(tokens.fields())),
    'has numbers': versionedBy(() => Math.random() as never),
  },
  'takes a token set in place of the one that it replaces': {
    'keeps the first version': versionedBy(() => 'the first'),
    'never takes another': (store) => ({
      set: async (key, tokens, replaces) =>
        replaces === undefined ? store.set(key, tokens, replaces) : undefined,
    }),
  },
  'takes none where somebody else has written since': {
    'compares nothing': setBy((_replaces, current) => current),
    'compares only what is said to be the first': setBy((replaces, current) =>
      replaces === undefined ? undefined : current,
    ),
  },
  'takes none as the first where there is one': {
    'lets a first one take any place': setBy((replaces, current) => replaces ?? current),
  },
  'takes none in place of one where there is none': {
    'lets any take an empty place': setBy((replaces, current) =>
      current === undefined ? undefined : replaces,
    ),
  },
  'takes one of many that come at once': {
    'compares first and writes later': (store) => ({
      set: async (key, tokens, replaces) => {
        if ((await store.get(key)).version !== replaces) return undefined;
        await pause(1);
        return store.set(key, tokens, (await store.get(key)).version);
      },
    }),
  },
  'gives a lock to one of many': {
    'locks nothing': () => ({ lock: async () => ({ release: async () => {} }) }),
    'has one lock for all': (store) => ({ lock: (_key, ttl) => store.lock('one', ttl) }),
  },
  'gives a lock again once it was released': {
    'releases nothing': releasedBy(async () => {}),
  },
  'gives a lock again once its time is over': {
    'never lets a lock go': (store) => ({ lock: (key) => store.lock(key, 3_600_000) }),
  },
  'says nothing wrong of how the last holder of a lock has ended': {
    'takes all for dead': lockedBy((lock) => ({ ...lock, wasAbandoned: true })),
    'takes none for dead': lockedBy((lock) => ({ ...lock, wasAbandoned: false })),
  },
  'does not let the holder of a lost lock release the next one': {
    'releases whatever lock there is': (store) => {
      const last = new Map<string, TokenLock>();
      return {
        lock: async (key, ttl) => {
          const lock = await store.lock(key, ttl);
          if (lock === 'held') return lock;
          last.set(key, lock);
          return { release: (failure) => last.get(key)!.release(failure) };
        },
      };
    },
  },
  'tells of a failure until its time is over': {
    'keeps none': releasedBy((lock) => lock.release()),
    'keeps them for ever': releasedBy((lock, failure) =>
      lock.release(failure && { ...failure, retryInMs: Math.max(failure.retryInMs, 60_000) }),
    ),
    'refuses parts of a millisecond': releasedBy(async (lock, failure) => {
      if (!Number.isInteger(failure?.retryInMs ?? 0)) throw new TypeError('no integer');
      return lock.release(failure);
    }),
  },
  'forgets a failure once there are tokens': {
    'keeps failures apart': (store) => {
      const failures = new MemoryTokenStore();
      return {
        get: async (key) => ({ ...(await store.get(key)), ...(await failures.get(key)) }),
        lock: (key, ttl) => failures.lock(key, ttl),
      };
    },
  },
  'answers within 250 ms, also that a lock is held': {
    'gets slowly': (store) => ({ get: (key) => pause(SLOW).then(() => store.get(key)) }),
    'sets slowly': (store) => ({ set: (...args) => pause(SLOW).then(() => store.set(...args)) }),
    'locks slowly': (store) => ({ lock: (...args) => pause(SLOW).then(() => store.lock(...args)) }),
    'releases slowly': releasedBy((lock, failure) => pause(SLOW).then(() => lock.release(failure))),
    'waits for a lock that is held': (store) => ({
      lock: async (key, ttl) => {
        const lock = await store.lock(key, ttl);
        return lock === 'held' ? pause(SLOW, lock) : lock;
      },
    }),
    'never answers': () => ({ get: () => new Promise(() => {}) }),
  },
};

/** The store in memory with other methods. */
export function changed(change: Change): TokenStore {
  const store = new MemoryTokenStore();
  return {
    get: (key) => store.get(key),
    set: (...args) => store.set(...args),
    lock: (...args) => store.lock(...args),
    ...change(store),
  };
}

function readBy(read: (tokens: TokenSet) => TokenSet | undefined): Change {
  return (store) => ({
    get: async (key) => {
      const { tokens, ...rest } = await store.get(key);
      return { ...rest, tokens: tokens && read(tokens) };
    },
  });
}

function underNames(nameOf: (key: string) => string): Change {
  return (store) => ({
    get: (key) => store.get(nameOf(key)),
    set: (key, tokens, replaces) => store.set(nameOf(key), tokens, replaces),
    lock: (key, ttl) => store.lock(nameOf(key), ttl),
  });
}

/** @param compared what the next write is to replace, by what is told and what is there */
function setBy(
  compared: (replaces: string | undefined, current: string | undefined) => string | undefined,
): Change {
  return (store) => ({
    set: async (key, tokens, replaces) =>
      store.set(key, tokens, compared(replaces, (await store.get(key)).version)),
  });
}

function versionedBy(version: (tokens: TokenSet, count: number) => string): Change {
  return (store) => {
    const entries = new Map<string, { told: string; real: string; count: number }>();
    return {
      get: async (key) => ({ ...(await store.get(key)), version: entries.get(key)?.told }),
      set: async (key, tokens, replaces) => {
        const { told, real, count = 0 } = entries.get(key) ?? {};
        if (told !== replaces) return undefined;
        const next = await store.set(key, tokens, real);
        if (next === undefined) return undefined;
        const entry = { told: version(tokens, count + 1), real: next, count: count + 1 };
        entries.set(key, entry);
        return entry.told;
      },
    };
  };
}

function releasedBy(
  release: (lock: TokenLock, failure: StoredFailure | undefined) => Promise<void>,
): Change {
  return lockedBy((lock) => ({ ...lock, release: (failure) => release(lock, failure) }));
}

function lockedBy(lockOf: (lock: TokenLock) => TokenLock): Change {
  return (store) => ({
    lock: async (key, ttl) => {
      const lock = await store.lock(key, ttl);
      return lock === 'held' ? lock : lockOf(lock);
    },
  });
}

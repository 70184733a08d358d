// Faults planted into an instance, each of which the checker must find: `npm run chaos -- --plant NAME`.

/** What an instance has without a plant. */
const NONE = {
  store: (store) => store,
  storeOptions: ({ key }) => ({ encryptionKeys: [key] }),
  target: (account) => account,
  call: (run) => run(),
};

const PLANTS = {
  /** The lock of an account is granted to everybody. */
  'no-lock': () => ({
    store: ({ get, set, ...rest }) => ({
      ...rest,
      get,
      set,
      lock: async () => ({ release: async () => {} }),
    }),
  }),
  /** Tokens are in Redis as they are. */
  plaintext: () => ({ storeOptions: () => ({ dangerouslyStorePlaintext: true }) }),
  /** One write in five says that it was carried out, and was not. */
  'lost-write': (random) => ({
    store: ({ get, set, lock }) => ({
      get,
      lock,
      set: async (...parameters) => (random() < 0.2 ? `${Date.now()}-lost` : set(...parameters)),
    }),
  }),
  /** What was read from the store is believed for three seconds, also after a 401. */
  'stale-read': () => ({ store: (store) => rememberReads(store, 3_000) }),
  /** A store that has failed once is never asked again. */
  'deaf-store': () => ({ store: deafStore }),
  /** One call in 200 is made with the account of another. */
  'mixed-accounts': (random) => ({
    target: (account, accounts) => {
      const others = accounts.filter(
        ({ provider, person }) => provider === account.provider && person !== account.person,
      );
      return random() < 0.005 && others.length > 0 ? others[0] : account;
    },
  }),
  /** One call in 200 is never answered. */
  'lost-call': (random) => ({
    call: (run) => (random() < 0.005 ? new Promise(() => {}) : run()),
  }),
  /** One call in 200 writes its token into the log. */
  'logged-token': (random) => ({
    call: async (run, write) => {
      const result = await run();
      if (random() < 0.005) write({ e: 'log', level: 'warn', text: 'got canary-access-token' });
      return result;
    },
  }),
};

export const PLANT_NAMES = Object.keys(PLANTS);

/** @param name of a plant, or nothing */
export function planted(name, random) {
  const plant = { ...NONE, ...PLANTS[name]?.(random) };
  // Stores are classes: their methods are bound before a plant takes them apart.
  return { ...plant, store: (store) => plant.store(bound(store)) };
}

function bound(store) {
  const { get, set, lock } = store;
  return { get: get.bind(store), set: set.bind(store), lock: lock.bind(store) };
}

function rememberReads({ get, ...rest }, ms) {
  const read = new Map();
  return {
    ...rest,
    async get(key) {
      const last = read.get(key);
      if (last && performance.now() - last.at < ms) return last.found;
      const found = await get(key);
      read.set(key, { at: performance.now(), found });
      return found;
    },
  };
}

function deafStore(store) {
  let isDeaf = false;
  const asked =
    (operation) =>
    async (...parameters) => {
      if (isDeaf) throw new Error('deaf');
      try {
        return await operation(...parameters);
      } catch (error) {
        isDeaf = true;
        throw error;
      }
    };
  return { get: asked(store.get), set: asked(store.set), lock: asked(store.lock) };
}

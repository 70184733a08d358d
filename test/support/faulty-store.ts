import type { TokenStore } from '../../lib/core/token-store.js';
import { MemoryTokenStore } from '../../lib/stores/memory.js';
import type { ManualClock } from './manual-clock.js';

/** A store in memory whose operations a test replaces one by one. */
export function faulty(clock: ManualClock) {
  const memory = new MemoryTokenStore(clock);
  const faults: Partial<TokenStore> = {};
  const store: TokenStore = {
    get: (...args) => (faults.get ?? memory.get.bind(memory))(...args),
    set: (...args) => (faults.set ?? memory.set.bind(memory))(...args),
    lock: (...args) => (faults.lock ?? memory.lock.bind(memory))(...args),
  };
  return { memory, store, faults };
}

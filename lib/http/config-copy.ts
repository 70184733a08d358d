type Members = Record<string | symbol, unknown>;

const HAS_OWN = Object.freeze({
  __proto__: null,
  ...Object.getOwnPropertyDescriptor(Object.prototype, 'hasOwnProperty'),
});

/**
 * A copy of a config in the form that axios gives one: without a prototype, so that nothing can be
 * slipped into it through `Object.prototype`, and with a `hasOwnProperty` of its own. What the config
 * inherits from an object of the caller's becomes its own.
 */
export function copyOf<T extends object>(config: T): T {
  // In this order V8 keeps the copy in its fast form; that of `Object.create(null)` is slow.
  const copy = new Bare();
  Object.setPrototypeOf(copy, null);
  Object.defineProperty(copy, 'hasOwnProperty', HAS_OWN);
  const source = config as Members;
  const parent = Object.getPrototypeOf(config) as object | null;
  if (parent !== null && parent !== Object.prototype) Object.assign(copy, copyOf(parent));
  for (const name of Object.keys(source)) copy[name] = source[name];
  for (const symbol of Object.getOwnPropertySymbols(source)) copy[symbol] = source[symbol];
  return copy as T;
}

/** A config as axios gives one to its adapters: itself, or a copy if it has a prototype. */
export function withoutPrototype<T extends object>(config: T): T {
  return Object.getPrototypeOf(config) === null ? config : copyOf(config);
}

const Bare = function () {} as unknown as new () => Members;

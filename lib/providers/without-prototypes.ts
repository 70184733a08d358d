/**
 * A copy of plain objects and lists, however deep, that inherits nothing: what is slipped into
 * `Object.prototype` elsewhere in a process does not become a member of a definition. Everything else,
 * such as agents and functions, is kept as it is.
 */
export function withoutPrototypes<T>(value: T, copies = new Map<object, unknown>()): T {
  if (typeof value !== 'object' || value === null) return value;
  if (copies.has(value)) return copies.get(value) as T;
  const isList = Array.isArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!isList && prototype !== null && prototype !== Object.prototype) return value;
  const copy: object = isList ? [] : (Object.create(null) as object);
  copies.set(value, copy);
  for (const name of Reflect.ownKeys(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, name)!;
    if ('value' in descriptor) {
      descriptor.value = withoutPrototypes<unknown>(descriptor.value, copies);
    }
    Object.defineProperty(copy, name, descriptor);
  }
  return copy as T;
}

/**
 * A deep copy of plain objects and lists that inherits nothing, so that a polluted `Object.prototype` does not add
 * members to a definition. Everything else, such as agents and functions, is not copied.
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

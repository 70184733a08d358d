/** A copy that inherits nothing, so that `Object.prototype` cannot add what the original leaves out. */
export function bare<T extends object>(members: T): T {
  return Object.assign<object, T>(Object.create(null) as object, members);
}

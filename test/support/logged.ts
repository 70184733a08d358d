/** What pino and the like make of a value: errors by name, message, stack and all members. */
export function logged(value: unknown, seen = new Set<unknown>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return '[circular]';
  seen.add(value);
  const members = Object.entries(value).map(([name, member]) => [name, logged(member, seen)]);
  if (!(value instanceof Error)) return Object.fromEntries(members) as unknown;
  const { name, message, stack, cause } = value;
  return { name, message, stack, cause: logged(cause, seen), ...Object.fromEntries(members) };
}

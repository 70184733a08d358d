/**
 * White space at an end of a text. `break`: line breaks or tabs, as a file has that `echo` has written. No vendor
 * takes them, and no message shows them.
 */
export type StrayEnd = 'break' | 'space';

/**
 * White space at an end of a value that is one line. In a text of several lines, such as a PEM or
 * a query in a template literal, it is usual.
 */
export function strayEndOf(value: string): StrayEnd | undefined {
  const inner = value.trim();
  if (inner === '' || inner.length === value.length || /[\r\n]/.test(inner)) return undefined;
  const start = value.indexOf(inner);
  const outer = value.slice(0, start) + value.slice(start + inner.length);
  // A sentence that begins on a line of its own, such as a query, is written so in the source.
  if (/[\r\n]/.test(value.slice(0, start)) && /\s/.test(inner)) return undefined;
  return /[\r\n\t]/.test(outer) ? 'break' : 'space';
}

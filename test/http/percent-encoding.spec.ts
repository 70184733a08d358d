import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decodedDeeply } from '../../lib/http/request-url.js';

/** What is left once no escape of an ASCII character is, found the slow way. */
function decodedSlowly(path: string): string {
  const decoded = path.replace(/%([0-7][\da-f])/i, (_escape, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return decoded === path ? path : decodedSlowly(decoded);
}

describe('a path without percent-encoding', () => {
  it.each([
    ['one that has none', '/v1/orders', '/v1/orders'],
    ['an escape', '/v1/%2e%2E%2f', '/v1/../'],
    ['an escape that is encoded again and again', '/%2525252e', '/.'],
    ['an escape whose digits are encoded', '/%25%32%65', '/.'],
    ['an escape that another one completes', '/%2%65', '/.'],
    ['a percent sign that begins nothing', '/100%/%zz%2', '/100%/%zz%2'],
    ['bytes beyond ASCII', '/%c3%bc/%u002e', '/%c3%bc/%u002e'],
  ])('percent-encoding is removed from %s', (_what, path, decoded) => {
    expect(decodedDeeply(path)).toBe(decoded);
  });

  it('no escape of an ASCII character is left in a decoded path', () => {
    const path = fc.string({ unit: fc.constantFrom(...'%%%25eEf/.0', 'ü'), maxLength: 40 });
    fc.assert(
      fc.property(path, (path) => {
        expect(decodedDeeply(path)).toBe(decodedSlowly(path));
      }),
    );
  });
});

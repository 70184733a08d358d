import { describe, expect, it } from '@jest/globals';

import { parseUrl } from '../../lib/http/request-url.js';

/** Milliseconds in which the code gets compiled: then `URL.canParse` of Node 20 unlearns umlauts. */
const LONG = 500;

describe('a host name with an umlaut', () => {
  it('a host name with an umlaut is read in the same way after many calls', () => {
    const read = () => parseUrl('https://bücher.example/orders')?.origin;
    const readings = new Set([read()]);
    const end = performance.now() + LONG;
    while (readings.size < 2 && performance.now() < end) readings.add(read());
    expect([...readings]).toEqual(['https://xn--bcher-kva.example']);
  });

  it('a host name with an umlaut equals its ASCII form', () => {
    expect(parseUrl('https://BÜCHER.example/a')?.origin).toBe('https://xn--bcher-kva.example');
  });
});

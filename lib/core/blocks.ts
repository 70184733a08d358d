import { Builder, bytesOf, sequenceLength, type Reading } from './reading.js';

/** What stands for bytes: digits that may be separated, and base64 that may be broken into lines. */
const HEX = /(?:0x)?[\da-f]{2}(?:[\s:,+-]{0,2}(?:0x)?[\da-f]{2}){3,}[\da-f]?/gi;
const DECIMAL = /\d{1,3}(?:[\s,;+]{1,2}\d{1,3}){3,}/g;
const BASE64 = /[\w+/-]{6,}(?:\r?\n[\w+/-]+)*/g;

/** Bytes of a text that is worth a look. */
const SHORTEST_TEXT = 4;

/** What a text has in base64, whichever of its characters the first group begins with, and in digits. */
export function blocksIn(reading: Reading): Reading[] {
  const found: Reading[] = [];
  const { text } = reading;
  const add = (values: Uint8Array, start: (i: number) => number, end: (i: number) => number) => {
    for (const [first, last] of textsIn(values)) {
      const places = Array.from({ length: last - first }, (_, i) => first + i);
      const built = new Builder(reading);
      built.addBytes(places.map((i) => ({ value: values[i]!, start: start(i), end: end(i) })));
      found.push(built.reading());
    }
  };
  for (const { 0: run, index } of text.matchAll(BASE64)) {
    const places = placesOf(run, /\S/g, index);
    for (let skipped = 0; skipped < 4 && places.length - skipped > 1; skipped++) {
      const digits = run.replace(/\s/g, '').slice(skipped);
      const place = (digit: number) => places[skipped + digit]!;
      add(
        Buffer.from(digits, 'base64'),
        (i) => place(Math.floor((i * 4) / 3)),
        (i) => place(Math.ceil(((i + 1) * 4) / 3) - 1) + 1,
      );
    }
  }
  for (const { 0: run, index } of text.matchAll(HEX)) {
    const places = placesOf(run, /[\da-f](?!x)/gi, index);
    for (let skipped = 0; skipped < 2; skipped++) {
      const digits = places.slice(skipped).map((place) => text[place]);
      add(
        Buffer.from(digits.join(''), 'hex'),
        (i) => places[skipped + 2 * i]!,
        (i) => places[skipped + 2 * i + 1]! + 1,
      );
    }
  }
  for (const { 0: run, index } of text.matchAll(DECIMAL)) {
    const bytes = bytesOf(run, index, /(\d+)/g, 10).filter(({ value }) => value < 256);
    const values = Uint8Array.from(bytes, ({ value }) => value);
    add(values, (i) => bytes[i]!.start, (i) => bytes[i]!.end); // prettier-ignore
  }
  return found;
}

function placesOf(run: string, digit: RegExp, offset: number): number[] {
  return [...run.matchAll(digit)].map(({ index }) => offset + index);
}

/** What could be text among bytes: that of others is not worth a look. */
function textsIn(bytes: Uint8Array): [first: number, end: number][] {
  const found: [number, number][] = [];
  for (let start = 0, at = 0; start < bytes.length; start = ++at) {
    while (at < bytes.length && isText(bytes, at)) at += sequenceLength(bytes, at);
    if (at - start >= SHORTEST_TEXT) found.push([start, at]);
  }
  return found;
}

function isText(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at]!;
  if (byte >= 0x80) return sequenceLength(bytes, at) > 1;
  return byte >= 0x20 || byte === 0 || (byte >= 0x09 && byte <= 0x0d);
}

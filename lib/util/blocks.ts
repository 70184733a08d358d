import { Builder, bytesOf, sequenceLength, type Reading } from './reading.js';

/** Encoded bytes: digits, with or without separators, and base64, with or without line breaks. */
const HEX = /(?:0x)?[\da-f]{2}(?:[\s:,+-]{0,2}(?:0x)?[\da-f]{2}){3,}[\da-f]?/gi;
const DECIMAL = /\d{1,3}(?:[\s,;+]{1,2}\d{1,3}){3,}/g;
const BASE64 = /[\w+/-]{6,}(?:\r?\n[\w+/-]+)*/g;

/** Decoded texts with fewer bytes are not searched. */
const SHORTEST_TEXT = 4;

/** Decoded bytes, and where the text has each of them. */
interface Block {
  readonly values: Uint8Array;
  readonly start: (i: number) => number;
  readonly end: (i: number) => number;
}

/** All base64 and all digits in a text, decoded. A group may begin at any character of a run. */
export function blocksIn(reading: Reading): Reading[] {
  const { text } = reading;
  const blocks = [...base64In(text), ...hexIn(text), ...decimalsIn(text)];
  return blocks.flatMap(({ values, start, end }) =>
    textsIn(values).map(([first, last]) => {
      const places = Array.from({ length: last - first }, (_, i) => first + i);
      const built = new Builder(reading);
      built.addBytes(places.map((i) => ({ value: values[i]!, start: start(i), end: end(i) })));
      return built.reading();
    }),
  );
}

function* base64In(text: string): Generator<Block> {
  for (const { 0: run, index } of text.matchAll(BASE64)) {
    const places = placesOf(run, /\S/g, index);
    const digits = run.replace(/\s/g, '');
    for (let skipped = 0; skipped < 4; skipped++) {
      yield {
        values: Buffer.from(digits.slice(skipped), 'base64'),
        start: (i) => places[skipped + Math.floor((i * 4) / 3)]!,
        end: (i) => places[skipped + Math.ceil(((i + 1) * 4) / 3) - 1]! + 1,
      };
    }
  }
}

function* hexIn(text: string): Generator<Block> {
  for (const { 0: run, index } of text.matchAll(HEX)) {
    const places = placesOf(run, /[\da-f](?!x)/gi, index);
    const digits = places.map((place) => text[place]).join('');
    for (let skipped = 0; skipped < 2; skipped++) {
      yield {
        values: Buffer.from(digits.slice(skipped), 'hex'),
        start: (i) => places[skipped + 2 * i]!,
        end: (i) => places[skipped + 2 * i + 1]! + 1,
      };
    }
  }
}

function* decimalsIn(text: string): Generator<Block> {
  for (const { 0: run, index } of text.matchAll(DECIMAL)) {
    const bytes = bytesOf(run, index, /(\d+)/g, 10).filter(({ value }) => value < 256);
    yield {
      values: Uint8Array.from(bytes, ({ value }) => value),
      start: (i) => bytes[i]!.start,
      end: (i) => bytes[i]!.end,
    };
  }
}

function placesOf(run: string, digit: RegExp, offset: number): number[] {
  return [...run.matchAll(digit)].map(({ index }) => offset + index);
}

/** The runs of bytes that could be text. */
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

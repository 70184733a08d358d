/** A decoded part of an original text. `from` and `to` are the position of each character in the original. */
export interface Reading {
  readonly text: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** A byte, and the position of its digits. */
export interface Byte {
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

/** A reading that is the text itself. */
export function plain(text: string): Reading {
  const from = Array.from({ length: text.length }, (_, i) => i);
  return { text, from, to: from.map((i) => i + 1) };
}

/** The bytes that a run of digits or escapes encodes. */
export function bytesOf(run: string, offset: number, one: RegExp, radix: number): Byte[] {
  return [...run.matchAll(one)].map(({ 0: escape, 1: digits, index }) => ({
    value: parseInt(digits!, radix),
    start: offset + index,
    end: offset + index + escape.length,
  }));
}

/** Builds a reading from parts of another one. */
export class Builder {
  readonly #parts: string[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  constructor(private readonly source: Reading) {}

  copy(start: number, end: number): void {
    this.#parts.push(this.source.text.slice(start, end));
    for (let i = start; i < end; i++) {
      this.#from.push(this.source.from[i]!);
      this.#to.push(this.source.to[i]!);
    }
  }

  /** @param text the decoded form of the source from `start` to `end` */
  add(text: string, start: number, end: number): void {
    this.#parts.push(text);
    for (let i = 0; i < text.length; i++) {
      this.#from.push(this.source.from[start]!);
      this.#to.push(this.source.to[end - 1]!);
    }
  }

  /** Adds bytes as UTF-8, or as Latin-1 if they are not valid UTF-8. */
  addBytes(bytes: readonly Byte[]): void {
    const values = bytes.map(({ value }) => value);
    for (let i = 0; i < bytes.length;) {
      const sequence = bytes.slice(i, i + sequenceLength(values, i));
      const text =
        sequence.length === 1
          ? String.fromCharCode(sequence[0]!.value)
          : Buffer.from(sequence.map(({ value }) => value)).toString();
      this.add(text, sequence[0]!.start, sequence.at(-1)!.end);
      i += sequence.length;
    }
  }

  reading(): Reading {
    return { text: this.#parts.join(''), from: this.#from, to: this.#to };
  }
}

/** The number of bytes of the UTF-8 character that begins at `at`; 1 if none does. */
export function sequenceLength(bytes: ArrayLike<number>, at: number): number {
  const lead = bytes[at]!;
  const length = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if (next < 0x80 || next > 0xbf) return 1;
  }
  return length;
}

/** Encoded bytes: digits, with or without separators, and base64, with or without line breaks. */
const HEX = /(?:0x)?[\da-f]{2}(?:[\s:,+-]{0,2}(?:0x)?[\da-f]{2}){3,}[\da-f]?/gi;
const DECIMAL = /\d{1,3}(?:[\s,;+]{1,2}\d{1,3}){3,}/g;
const BASE64 = /[\w+/-]{6,}(?:\r?\n[\w+/-]+)*/g;

/** Decoded texts with fewer bytes are not searched. */
const SHORTEST_TEXT = 4;

/** Decoded bytes, and the position of each in the text. */
interface Block {
  readonly values: Uint8Array;
  readonly start: (i: number) => number;
  readonly end: (i: number) => number;
}

/** Decodes all base64 and all digits in a text. A group may begin at any character of a run. */
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

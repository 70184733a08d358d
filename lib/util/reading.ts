/** A decoded part of an original text. For each character, `from` and `to` say where the original has it. */
export interface Reading {
  readonly text: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** A byte, and where its digits stand. */
export interface Byte {
  readonly value: number;
  readonly start: number;
  readonly end: number;
}

/** A text as it is. */
export function plain(text: string): Reading {
  const from = Array.from({ length: text.length }, (_, i) => i);
  return { text, from, to: from.map((i) => i + 1) };
}

/** The bytes of a run, digit by digit. */
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

  /** @param text what the source has from `start` to `end` */
  add(text: string, start: number, end: number): void {
    this.#parts.push(text);
    for (let i = 0; i < text.length; i++) {
      this.#from.push(this.source.from[start]!);
      this.#to.push(this.source.to[end - 1]!);
    }
  }

  /** Adds bytes as UTF-8, and those that are not UTF-8 as Latin-1. */
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

/** The number of bytes of the UTF-8 character that begins there; 1 if no character does. */
export function sequenceLength(bytes: ArrayLike<number>, at: number): number {
  const lead = bytes[at]!;
  const length = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let i = 1; i < length; i++) {
    const next = bytes[at + i] ?? 0;
    if (next < 0x80 || next > 0xbf) return 1;
  }
  return length;
}

const PERCENT = 0x25;

/**
 * A path without percent-encoding, however many times over it was encoded: `%252e` reads as `.`, as it
 * does for a server that decodes twice. Bytes beyond ASCII stay encoded. One pass: what is decoded may be
 * the end of another escape, which is decoded at once.
 */
export function decodedDeeply(path: string): string {
  const codes = new Uint16Array(path.length);
  let length = 0;
  for (let i = 0; i < path.length; i++) {
    codes[length++] = path.charCodeAt(i);
    while (length >= 3 && codes[length - 3] === PERCENT) {
      const code = 16 * hexDigit(codes[length - 2]!) + hexDigit(codes[length - 1]!);
      if (!(code < 0x80)) break;
      length -= 2;
      codes[length - 1] = code;
    }
  }
  return Buffer.from(codes.buffer, 0, 2 * length).toString('utf16le');
}

/** More than any digit, for what is none. */
const NO_DIGIT = 0x100;

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : NO_DIGIT;
}

/** A segment of two dots. Some servers take `\` for a separator, or cut a segment at `;` or NUL. */
const CLIMBS = /(?:^|[/\\])\.\.(?:[/\\;\0]|$)/;

/**
 * Whether a server could read the path as leading upwards: by encoded dots and separators, or by dots
 * that the URL parser has left (that of Node 20 does after a name that begins with a dot).
 */
export function climbs(path: string): boolean {
  if (!path.includes('..') && !path.includes('%')) return false;
  return CLIMBS.test(decodedDeeply(path));
}

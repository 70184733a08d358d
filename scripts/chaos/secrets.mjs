// Finds a planted secret, also where it is in base64 or hexadecimal digits.
import { CANARY } from './settings.mjs';

/** The word in base64 at each of its three alignments, without the characters that neighbours change. */
const IN_BASE64 = [0, 1, 2].map((offset) => {
  const bits = Buffer.from(`${' '.repeat(offset)}${CANARY}`).toString('base64');
  const end = Math.floor(((offset + CANARY.length) * 8) / 6);
  return bits.slice(Math.ceil((offset * 8) / 6), end);
});

const FORMS = [CANARY, ...IN_BASE64, Buffer.from(CANARY).toString('hex')];

/** What is around a secret in a text, or `undefined` where there is none. */
export function leakIn(text) {
  for (const form of FORMS) {
    const at = text.indexOf(form);
    if (at >= 0) return text.slice(Math.max(0, at - 60), at + 40);
  }
  return undefined;
}

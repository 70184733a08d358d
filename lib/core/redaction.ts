/** What stands in for a secret wherever one would otherwise be printed. */
export const REDACTED = '[redacted]';

/** A run of this many characters of a secret already counts as the secret. */
const FRAGMENT = 8;

/**
 * Makes text that a vendor wrote safe to print: every secret in it, whole, in part or in the usual
 * encodings, is masked, control and bidirectional characters are replaced, and the rest is cut.
 */
export function printable(text: string, secrets: readonly string[] = [], maxLength = 200): string {
  const masked = maskSecrets(text.slice(0, 16 * maxLength), secrets);
  const plain = masked.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return plain.length > maxLength ? `${plain.slice(0, maxLength)}…` : plain;
}

function maskSecrets(text: string, secrets: readonly string[]): string {
  const hidden = new Uint8Array(text.length);
  const folded = foldCase(text);
  for (const form of secrets.flatMap(encodedForms)) hideOccurrences(folded, foldCase(form), hidden);
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (!hidden[i]) out += text[i];
    else if (!hidden[i - 1]) out += REDACTED;
  }
  return out;
}

/** Whatever the case of the letters: hexadecimal digits come in both. */
function hideOccurrences(text: string, secret: string, hidden: Uint8Array): void {
  const size = Math.min(FRAGMENT, secret.length);
  if (size === 0) return;
  const fragments = new Set<string>();
  for (let i = 0; i + size <= secret.length; i++) fragments.add(secret.slice(i, i + size));
  for (let i = 0; i + size <= text.length; i++) {
    if (fragments.has(text.slice(i, i + size))) hidden.fill(1, i, i + size);
  }
}

/** ASCII only, so that positions stay what they are. */
function foldCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function encodedForms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    percentEncoded(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ];
}

function percentEncoded(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    return secret; // a lone surrogate has no percent-encoding
  }
}

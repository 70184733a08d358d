import { inspect } from 'node:util';

import { expect } from '@jest/globals';

/** This many characters of a secret are already too many. */
const FRAGMENT = 8;

/** Everything that a logger could make of a value. */
function renderings(value: unknown): string[] {
  const parts = [
    inspect(value, { depth: Infinity, showHidden: true, getters: false }),
    inspect(value, { depth: Infinity, customInspect: false, showHidden: true }),
    String(value),
    safeJson(value),
  ];
  if (value instanceof Error)
    parts.push(value.message, value.stack ?? '', ...renderings(value.cause));
  return parts;
}

function safeJson(value: unknown): string {
  const seen = new WeakSet<object>();
  try {
    return (
      JSON.stringify(value, (_key, member: unknown) => {
        if (typeof member !== 'object' || member === null) return member;
        if (seen.has(member)) return '[again]';
        seen.add(member);
        return member;
      }) ?? ''
    );
  } catch {
    return '';
  }
}

/** Fails if any rendering of a value holds a secret, 8 characters of one, or a usual encoding of it. */
export function expectNoSecret(value: unknown, secrets: readonly string[]): void {
  const text = renderings(value).join('\n');
  for (const secret of secrets) {
    for (const form of [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
    ]) {
      for (let i = 0; i + FRAGMENT <= form.length; i++) {
        const fragment = form.slice(i, i + FRAGMENT);
        if (text.includes(fragment)) expect(`a secret is printed: …${fragment}…`).toBe('');
      }
    }
  }
}

import { inspect } from 'node:util';

import { expect } from '@jest/globals';

/** This many characters of a secret are already too many. */
const FRAGMENT = 8;

/** Everything that a logger could make of a value, by the way it is made. */
function renderings(value: unknown): [how: string, text: string][] {
  const parts: [string, string][] = [
    ['util.inspect', inspect(value, { depth: Infinity, showHidden: true, getters: false })],
    [
      'util.inspect without customInspect',
      inspect(value, { depth: Infinity, customInspect: false, showHidden: true }),
    ],
    ['String', safeString(value)],
    ['JSON.stringify', safeJson(value)],
  ];
  if (value instanceof Error) {
    parts.push(['message', value.message], ['stack', value.stack ?? '']);
    parts.push(
      ...renderings(value.cause).map(([how, text]): [string, string] => [`cause, ${how}`, text]),
    );
  }
  return parts;
}

/** The config of axios has no prototype, and so cannot be made a string. */
function safeString(value: unknown): string {
  try {
    return String(value);
  } catch {
    return '';
  }
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

/** A secret in its usual encodings, cut into what is too much of it. */
function fragmentsOf(secret: string): string[] {
  const forms = [
    secret,
    // As it is printed where some of its characters must be escaped.
    inspect(secret, { breakLength: Infinity }).slice(1, -1),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64'),
  ];
  return forms.flatMap((form) =>
    Array.from({ length: Math.max(0, form.length - FRAGMENT + 1) }, (_, i) =>
      form.slice(i, i + FRAGMENT),
    ),
  );
}

/** The path of the first string in a value that `isFound` accepts; `undefined` if none is reached. */
function pathTo(value: unknown, isFound: (text: string) => boolean): string | undefined {
  const seen = new WeakSet<object>();
  const queue: [path: string, value: unknown][] = [['$', value]];
  for (const [path, found] of queue) {
    if (typeof found === 'string' && isFound(found)) return path;
    if (typeof found !== 'object' || found === null || seen.has(found)) continue;
    seen.add(found);
    if (found instanceof Map) queue.push([`${path}(entries)`, [...found]]);
    for (const [name, member] of members(found)) {
      // A name may hold the secret itself.
      queue.push([`${path}.${isFound(name) ? '[a name]' : name}`, member]);
      if (isFound(name)) return `${path}.[a name]`;
    }
  }
  return undefined;
}

function members(value: object): [string, unknown][] {
  return Reflect.ownKeys(value).map((key) => {
    const { value: member } = Object.getOwnPropertyDescriptor(value, key) ?? {};
    return [String(key), member as unknown];
  });
}

/** Where a secret can be read in a value, in words that hold nothing of it. */
export function placeOfSecret(value: unknown, secrets: readonly string[]): string | undefined {
  const texts = renderings(value);
  for (const [number, secret] of secrets.entries()) {
    const fragments = fragmentsOf(secret);
    for (const [how, text] of texts) {
      const at = fragments.map((f) => text.indexOf(f)).find((position) => position >= 0);
      if (at === undefined) continue;
      const path = pathTo(value, (part) => fragments.some((f) => part.includes(f)));
      const where = path === undefined ? '' : `, in ${path}`;
      return `a secret is printed: number ${number + 1} of ${secrets.length}, by ${how} at character ${at}${where}`;
    }
  }
  return undefined;
}

/** Fails if any rendering of a value holds a secret, 8 characters of one, or a usual encoding of it. */
export function expectNoSecret(value: unknown, secrets: readonly string[]): void {
  expect(placeOfSecret(value, secrets)).toBeUndefined();
}

import type { LifetimeDoubt } from '../core/definition-events.js';

/** What the log says of a lifetime that may not be what the vendor means, and what to write instead. */
export function lifetimeLine(doubt: LifetimeDoubt): string {
  return [...WORDS[doubt.problem](doubt), suggestion(doubt)].filter(Boolean).join(' ');
}

const WORDS: Readonly<Record<LifetimeDoubt['problem'], (doubt: LifetimeDoubt) => string[]>> = {
  missing: ({ format, seconds }) => [
    format === 'jwt'
      ? 'the access token has no `exp`,'
      : 'the token response does not say how long its token lives,',
    `so it counts as living for ${seconds} s.`,
    'Name the place in `response.expiresIn` if there is one; else set `defaultLifetime` to the seconds that the page of the vendor says.',
  ],
  unreadable: ({ value, format, seconds }) => [
    `the token response has ${value} as the lifetime of its token, which cannot be read as \`${format}\`, so it counts as living for ${seconds} s.`,
    'Correct `lifetimeFormat` or `response.expiresIn`.',
  ],
  past: (doubt) => [
    `${read(doubt)}, which is in the past, so each token serves only the requests that wait for it.`,
    'Correct `lifetimeFormat` or `response.expiresIn`, or the clock of this machine.',
  ],
  far: (doubt) => [
    `${read(doubt)}, which is more than ten years ahead.`,
    'Correct `lifetimeFormat` or `response.expiresIn`; if its tokens live that long, say so with `maxLifetime`.',
  ],
};

function read({ value, format, end }: LifetimeDoubt): string {
  const until = new Date(Math.max(-END_OF_TIME, Math.min(end ?? 0, END_OF_TIME))).toISOString();
  return `the token response has ${value} as the lifetime of its token; read as \`${format}\`, it ends at ${until}`;
}

/** The last millisecond that a `Date` can name. */
export const END_OF_TIME = 8_640_000_000_000_000;

function suggestion({ fitting }: LifetimeDoubt): string {
  const formats = fitting.map((format) => `\`lifetimeFormat: '${format}'\``);
  return formats.length === 0 ? '' : `The value would fit ${formats.join(' or ')}.`;
}

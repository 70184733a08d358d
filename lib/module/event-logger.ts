import type { LoggerService } from '@nestjs/common';

import type { TokenEvent, TokenListener } from '../core/events.js';
import { lifetimeLine } from './lifetime-line.js';

/** Tells the log what happens to the tokens: the ordinary at debug, trouble at warn. */
export function eventLogger(logger: LoggerService): TokenListener {
  return (event) => {
    const [level, message] = describe(event);
    logger[level]?.(`[${event.provider}] ${message}`);
  };
}

type Line = readonly [level: 'debug' | 'log' | 'warn' | 'error', message: string];

const LINES: { readonly [T in TokenEvent['type']]: (event: TokenEvent & { type: T }) => Line } = {
  obtained: ({ by, expiresAt, failuresBefore }) => {
    const until = `token until ${new Date(expiresAt).toISOString()}`;
    return failuresBefore > 0
      ? ['log', `recovered: ${HOW[by]}, ${until}`]
      : ['debug', `${HOW[by]}, ${until}`];
  },
  rejected: () => ['debug', 'the API rejected the token: renewing'],
  'api not found': ({ baseURL }) => [
    'warn',
    `the API answered 404 to its first request: check ${baseURL === undefined ? 'the base URL that `baseURLFrom` reads' : `\`baseURL\` (${baseURL})`} if other requests fail in the same way`,
  ],
  'store failed': ({ reason }) => ['warn', `the token store failed (${reason})`],
  'store recovered': () => ['log', 'the token store answers again'],
  'definitions differ': ({ names }) => [
    'warn',
    `instances of this provider have different constants in ${names.map((name) => `\`${name}\``).join(', ')}, so they share no tokens. ` +
      'If such a value only says which instance is asking, replace it with a function: functions are not compared. If the instances use different accounts, give their providers different names.',
  ],
  'refresh token lost': () => [
    'error',
    'the application has ended before the token store took the newest refresh token: it is lost',
  ],
  'hook failed': () => [
    'error',
    '`onTokenSet` failed or took too long: the new token set may not be kept',
  ],
  'revocation failed': () => [
    'warn',
    'the vendor did not take the tokens back: they live until they expire',
  ],
  'replaced token not revoked': ({ reason }) => [
    'warn',
    `the session of a token that a login has replaced was not ended: ${reason} It lives until it expires`,
  ],
  'clock skew': ({ seconds }) => [
    'warn',
    `the clocks of this machine and of the vendor differ by ${seconds} s`,
  ],
  'lifetime doubtful': (doubt) => ['warn', lifetimeLine(doubt)],
  'white space': ({ members }) => [
    'warn',
    `${members.map((name) => `\`${name}\``).join(', ')} of the definition begins or ends with white space, which is sent as it is. Trim it unless the vendor wants it so`,
  ],
  'extra missing': ({ paths, found }) => [
    'warn',
    `the token response has nothing for ${paths.map((path) => `\`values.extra('${path}')\``).join(', ')}, so requests to the API go out without it. ` +
      `\`extra\` has ${found.join(', ') || 'no members'}`,
  ],
  'extra cut': () => [
    'warn',
    'the token response is too large to keep, so some of its members are missing from `extra`: name those that you need in `answer.capture`',
  ],
  'refresh token ends unused': ({ expiresAt }) => [
    'warn',
    `the refresh token ends before it can be used, and there is no login: the account needs a new refresh token when its access token ends, at ${new Date(expiresAt).toISOString()}. Ask the vendor for refresh tokens that live longer`,
  ],
  'refresh failed': ({ error }) => [
    'debug',
    `the refresh failed: logged in again (${error.reason})`,
  ],
  failed: ({ error: { code, reason, hint }, retryIn, serving }) => {
    const meanwhile = serving ? ', the old token serves meanwhile' : '';
    const seconds = Math.ceil(retryIn / 1_000);
    return ['warn', `${code}: ${reason} ${hint} Next attempt in ${seconds} s${meanwhile}`];
  },
};

const HOW = {
  login: 'logged in',
  refresh: 'renewed with the refresh token',
  store: 'taken from the store',
};

function describe<T extends TokenEvent['type']>(event: TokenEvent & { type: T }): Line {
  return LINES[event.type](event);
}

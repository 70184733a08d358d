import type { OAuth2ClientError } from '../core/errors.js';
import type { OAuth2Event, OAuth2EventBody, OAuth2EventOf } from '../core/events.js';
import type { Recovery } from '../core/outage.js';
import { END_OF_TIME, lifetimeLine } from './lifetime-line.js';

export type Level = 'debug' | 'log' | 'warn' | 'error';

/** A line of the log. `docs/operations.md` has a row for each headline. */
export type Line = readonly [level: Level, headline: string, details: string];

/** Events that are too frequent for a log. Metrics count them. */
const SILENT = [
  'token_request.ended',
  'api_request.authorized',
  'api_request.failed',
  'api_request.rejected',
  'api_request.repeated',
  'store.operation',
] as const;

type Silent = (typeof SILENT)[number];

/** The types of events that are logged. */
export type LoggedType = Exclude<OAuth2EventBody['type'], Silent>;

type Describe<T extends LoggedType> = (event: OAuth2EventOf<T>) => Line;

export function isLogged(event: OAuth2Event): event is OAuth2EventOf<LoggedType> {
  return !SILENT.includes(event.type as Silent);
}

const LINES: { readonly [T in LoggedType]: Describe<T> } = {
  'token.obtained': ({ by, expiresAt, after }) => {
    if (!after) return ['debug', HOW[by], lifeUntil(expiresAt)];
    return ['log', 'recovered', `${HOW[by]}, ${lifeUntil(expiresAt)}. ${extentOf(after)}`];
  },
  'account.connected': ({ expiresAt, lifetime, hasRefreshToken, isRenewable, missingScope }) => {
    const scope = `it lacks the scope ${missingScope.join(' ')}, which was requested. Calls that need it will fail. Check that the vendor allows it for this client`;
    // An event of its own warns of a refresh token that ends before it can be used.
    if (!isRenewable && !hasRefreshToken && expiresAt < END_OF_TIME) {
      const end = `there is no login and no refresh token that will work, so calls fail when its token expires, at ${dateOf(expiresAt)}. Before that, obtain a refresh token and configure it`;
      return [
        'warn',
        'the account cannot be renewed',
        missingScope[0] ? `${end}. Also, ${scope}` : end,
      ];
    }
    if (missingScope[0]) return ['warn', 'the token lacks a requested scope', scope];
    const facts = [
      lifeUntil(expiresAt),
      ...(lifetime === 'assumed' ? ['the lifetime is assumed'] : []),
      hasRefreshToken ? 'with a refresh token' : 'without a refresh token',
    ];
    return ['debug', 'first token', facts.join(', ')];
  },
  'token.rejected': () => ['debug', 'the API rejected the token', 'it is renewed'],
  'api.not_found': ({ baseURL }) => [
    'warn',
    'the API answered 404 to its first request',
    `check ${baseURL === undefined ? 'the base URL that `baseURLFrom` reads' : `\`baseURL\` (${baseURL})`} if other requests fail in the same way`,
  ],
  'renewal.withheld': ({ retryAfter }) => [
    'warn',
    'the API rejects a new token',
    `no further renewal is made for ${retryAfter} s, and calls get the response of the API. If this goes on, check that the API accepts tokens of this token endpoint, and that \`scope\` and \`use\` are what it expects`,
  ],
  'store.failed': ({ reason }) => [
    'warn',
    'the token store failed',
    `${reason}. Calls go on with the tokens in memory, and each instance logs in by itself. An account that can only use a refresh token waits for the store. Check that the store runs and that this machine reaches it`,
  ],
  'store.recovered': ({ seconds }) => [
    'log',
    'the token store answers again',
    `after ${seconds} s`,
  ],
  'definition.differs': ({ names }) => [
    'warn',
    'instances of this provider share no tokens',
    `they have different constants in ${names.map((name) => `\`${name}\``).join(', ')}. ` +
      'If such a value only says which instance is asking, replace it with a function: functions are not compared. If the instances use different accounts, give their providers different names',
  ],
  'refresh_token.lost': () => [
    'error',
    'a refresh token is lost',
    'the application has ended before the token store took it. The next renewal logs in; where there is no login, configure a new refresh token',
  ],
  'hook.failed': ({ problem }) => [
    'error',
    '`onTokenSet` failed',
    `it ${problem}, so the new token set may not be kept`,
  ],
  'revocation.failed': ({ error }) => [
    'warn',
    'the vendor did not revoke the tokens',
    `they are valid until they expire. ${summaryOf(error)}`,
  ],
  'revocation.unfinished': ({ accounts }) => [
    'warn',
    'there was no time to revoke all tokens',
    `those of ${accounts} accounts are valid until they expire`,
  ],
  'replaced_token.not_revoked': ({ reason }) => [
    'warn',
    'a replaced token was not revoked',
    `it is valid until it expires. ${reason}`,
  ],
  'clock.skewed': ({ seconds }) => [
    'warn',
    'the clocks differ',
    `that of the vendor is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} that of this machine. The vendor may refuse signed requests and client assertions, and expiry times may be misread. Synchronise the clock of this machine`,
  ],
  'lifetime.doubtful': (doubt) => [
    'warn',
    'the lifetime of the tokens is doubtful',
    lifetimeLine(doubt),
  ],
  'definition.white_space': ({ members }) => [
    'warn',
    'a value has white space at an end',
    `${members.map((name) => `\`${name}\``).join(', ')} of the definition begins or ends with white space, which is sent as it is. Trim it unless the vendor wants it so`,
  ],
  'extra.missing': ({ paths, found }) => [
    'warn',
    'the token response lacks a value',
    `the token response has nothing for ${paths.map((path) => `\`values.extra('${path}')\``).join(', ')}, so requests to the API go out without it. ` +
      `\`extra\` has ${found.join(', ') || 'no members'}`,
  ],
  'extra.cut': () => [
    'warn',
    'the token response is too large to keep',
    'some of its members are missing from `extra`. Name those that you need in `response.capture`',
  ],
  'refresh_token.ends_unused': ({ expiresAt }) => [
    'warn',
    'the refresh token ends before it can be used',
    `there is no login, so the account needs a new refresh token when its access token ends, at ${dateOf(expiresAt)}. Ask the vendor for refresh tokens that live longer`,
  ],
  'refresh.failed': ({ error }) => [
    'warn',
    'the refresh failed and a login replaced it',
    `no call has failed. ${summaryOf(error)} ${error.hint} Later refreshes that fail in this way are logged at debug`,
  ],
  'token.failed': ({ error, retryAfter, serving, isRepeated }) => {
    if (isRepeated) return ['debug', 'there is still no new token', attempt(error, retryAfter)];
    if (!serving) return [levelOf(error), 'calls fail', attempt(error, retryAfter)];
    return ['warn', 'the token cannot be renewed, the old one serves', attempt(error, retryAfter)];
  },
  'serving.stopped': ({ error, retryAfter }) => [
    levelOf(error),
    'calls fail, the old token has expired',
    attempt(error, retryAfter),
  ],
};

/** The line of an event, without provider and account. */
export function lineOf(event: OAuth2EventOf<LoggedType>): Line {
  return (LINES[event.type] as (event: OAuth2EventOf<LoggedType>) => Line)(event);
}

const HOW = {
  login: 'logged in',
  refresh: 'renewed with the refresh token',
  store: 'taken from the store',
};

/** Calls fail: an outage may pass, but refused credentials wait for somebody who acts. */
function levelOf({ retryable }: OAuth2ClientError): Level {
  return retryable ? 'warn' : 'error';
}

function lifeUntil(expiresAt: number): string {
  return expiresAt < END_OF_TIME
    ? `token until ${dateOf(expiresAt)}`
    : 'a token that does not expire';
}

function dateOf(time: number): string {
  return new Date(time).toISOString();
}

function summaryOf({ code, reason }: OAuth2ClientError): string {
  return `${code}: ${reason}`;
}

function attempt(error: OAuth2ClientError, retryAfter: number): string {
  const when = retryAfter > 0 ? `in ${retryAfter} s` : 'with the next call';
  return `${summaryOf(error)} ${error.hint} The next attempt is made ${when}`;
}

function extentOf({ seconds, renewals, calls }: Recovery): string {
  const failed = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
  return `In ${seconds} s ${failed(renewals, 'renewal')} and ${failed(calls, 'call')} failed`;
}

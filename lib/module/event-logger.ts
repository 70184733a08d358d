import type { LoggerService } from '@nestjs/common';

import type { TokenEvent, TokenListener } from '../core/events.js';

/** Tells the log what happens to the tokens: the ordinary at debug, trouble at warn. */
export function eventLogger(logger: LoggerService): TokenListener {
  return (event) => {
    const [level, message] = describe(event);
    logger[level]?.(`[${event.provider}] ${message}`);
  };
}

const HOW = {
  login: 'logged in',
  refresh: 'renewed with the refresh token',
  store: 'taken from the store',
};

function describe(event: TokenEvent): ['debug' | 'log' | 'warn' | 'error', string] {
  switch (event.type) {
    case 'obtained': {
      const until = `token until ${new Date(event.expiresAt).toISOString()}`;
      return event.failuresBefore > 0
        ? ['log', `recovered: ${HOW[event.by]}, ${until}`]
        : ['debug', `${HOW[event.by]}, ${until}`];
    }
    case 'rejected':
      return ['debug', 'the API rejected the token: renewing'];
    case 'store failed':
      return ['warn', 'the token store did not answer: renewing without it'];
    case 'hook failed':
      return ['error', '`onTokenSet` failed or took too long: the new token set may not be kept'];
    case 'revocation failed':
      return ['warn', 'the vendor did not take the tokens back: they live until they expire'];
    case 'clock skew':
      return ['warn', `the clocks of this machine and of the vendor differ by ${event.seconds} s`];
    case 'lifetime unread':
      return [
        'warn',
        'how long its tokens live cannot be read: the default is used (check `lifetimeFormat` and `answer.expiresIn`)',
      ];
    case 'refresh refused':
      return ['debug', `refresh token refused: logged in again (${event.error.reason})`];
    case 'failed': {
      const meanwhile = event.serving ? ', the old token serves meanwhile' : '';
      const seconds = Math.ceil(event.retryIn / 1_000);
      return [
        'warn',
        `${event.error.code}: ${event.error.reason} ${event.error.hint} Next attempt in ${seconds} s${meanwhile}`,
      ];
    }
  }
}

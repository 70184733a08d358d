import type { DefinitionEvent } from './definition-events.js';
import type { OAuth2ClientError } from './errors.js';
import type { Recovery } from './outage.js';

/** Where a token comes from. `login`: the base grant. `refresh`: a refresh token. `store`: another instance. */
export type TokenOrigin = 'login' | 'refresh' | 'store';

/**
 * Why a renewal began. `first`: the account had no token. `stale`: its token was about to expire. `expired`: it had
 * expired. `rejected`: the API had rejected it. `invalidated`: the application had discarded it.
 */
export type RenewalReason = 'first' | 'stale' | 'expired' | 'rejected' | 'invalidated';

/** What happened to one account, or to a provider. It holds no secret. */
export type OAuth2EventBody =
  /** A renewal has succeeded. */
  | {
      readonly type: 'token.obtained';
      readonly by: TokenOrigin;
      readonly reason: RenewalReason;
      /** Milliseconds that the renewal took. */
      readonly durationMs: number;
      /** When the token expires, in milliseconds since the epoch. */
      readonly expiresAt: number;
      /** The outage that this token ends, if there was one. */
      readonly after?: Recovery | undefined;
    }
  /** An account has its first token since the start of this instance. These facts decide its later life. */
  | {
      readonly type: 'account.connected';
      readonly by: TokenOrigin;
      /** When the token expires, in milliseconds since the epoch. */
      readonly expiresAt: number;
      /** Whether the response named the lifetime, or a default is assumed. `undefined`: there was no response. */
      readonly lifetime: 'stated' | 'assumed' | undefined;
      readonly hasRefreshToken: boolean;
      /** Whether the account can be renewed: it has a refresh token, or can log in again. */
      readonly isRenewable: boolean;
      /** Requested scope names that the token lacks. */
      readonly missingScope: readonly string[];
    }
  | TokenRequestEvent
  | ApiRequestEvent
  /** The API has rejected the token, and a renewal begins. */
  | { readonly type: 'token.rejected' }
  /** The API has rejected a token that is too new to be renewed again. Emitted once until this stops. */
  | {
      readonly type: 'renewal.withheld';
      /** Seconds until a rejected token is renewed again. */
      readonly retryAfter: number;
    }
  | StoreEvent
  /** The `onTokenSet` function of the definition failed or was late. */
  | {
      readonly type: 'hook.failed';
      /** What went wrong, such as `failed (TypeError)`. */
      readonly problem: string;
    }
  /** The vendor refused to revoke tokens. */
  | { readonly type: 'revocation.failed'; readonly error: OAuth2ClientError }
  /** A token that a login has replaced could not be revoked. Its session lives on. */
  | {
      readonly type: 'replaced_token.not_revoked';
      /** The response of the vendor, or that there was none. */
      readonly reason: string;
    }
  /** The application has closed before all tokens were revoked. */
  | {
      readonly type: 'revocation.unfinished';
      /** The number of accounts whose tokens were not revoked. */
      readonly accounts: number;
    }
  /** The clock of this machine differs from the `Date` header of the vendor. */
  | { readonly type: 'clock.skewed'; readonly seconds: number }
  | DefinitionEvent
  /** The refresh token expires before it can be used, and there is no login. Emitted once for each account. */
  | {
      readonly type: 'refresh_token.ends_unused';
      /** When the access token expires, in milliseconds since the epoch. */
      readonly expiresAt: number;
    }
  /** A refresh failed, and a login has brought a token instead. */
  | { readonly type: 'refresh.failed'; readonly error: OAuth2ClientError }
  /** A renewal failed. */
  | {
      readonly type: 'token.failed';
      readonly error: OAuth2ClientError;
      readonly reason: RenewalReason;
      /** Milliseconds that the renewal took. */
      readonly durationMs: number;
      /** Seconds until the next attempt. */
      readonly retryAfter: number;
      /** Whether an older token serves the callers until then. */
      readonly serving: boolean;
      /** Whether the renewal before it failed with the same code and the same `serving`. */
      readonly isRepeated: boolean;
    }
  /** The older token that served during an outage has expired, and the first call fails. */
  | {
      readonly type: 'serving.stopped';
      readonly error: OAuth2ClientError;
      /** Seconds until the next attempt. */
      readonly retryAfter: number;
    };

/** A token request has ended. Each attempt is one. */
export interface TokenRequestEvent {
  readonly type: 'token_request.ended';
  readonly grantType: string;
  /**
   * `refused`: the server has evaluated the request and will refuse it again. `throttled`: it asks for fewer requests.
   * `failed`: everything else, such as an outage or a response without a token.
   */
  readonly outcome: 'ok' | 'refused' | 'throttled' | 'failed';
  /** Why there is no token. */
  readonly error?: OAuth2ClientError | undefined;
  /** When it began, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Host of the token endpoint, if it is the same for all accounts. */
  readonly host?: string | undefined;
  /**
   * Seconds by which the clock of the vendor is ahead, by the newest `Date` header; 0 up to a difference of 30 seconds.
   * `undefined`: there was no such header.
   */
  readonly clockSkew?: number | undefined;
  /** What the response says about its token. */
  readonly grant?: GrantFacts | undefined;
}

/** What a token response says beside its tokens. */
export interface GrantFacts {
  readonly lifetime: 'stated' | 'assumed';
  /** Requested scope names that the token lacks. */
  readonly missingScope: readonly string[];
}

/** What happened to one request to an API. Emitted only while somebody listens. */
export type ApiRequestEvent =
  /** It leaves with a token. */
  | {
      readonly type: 'api_request.authorized';
      /** `waited`: there was no usable token, so the request waited for a renewal. */
      readonly token: 'fresh' | 'stale' | 'waited';
      /** Milliseconds that it waited for the token. */
      readonly waitedMs: number;
    }
  /** There was no token for it, so it was not sent. */
  | {
      readonly type: 'api_request.failed';
      /** Code of an `OAuth2ClientError`; or of axios, if the caller stopped waiting. */
      readonly code: string;
      readonly waitedMs: number;
    }
  /** The API has rejected its token. */
  | { readonly type: 'api_request.rejected' }
  /** It was sent once more with a new token, after the API had rejected the first one. */
  | {
      readonly type: 'api_request.repeated';
      /** HTTP method, in upper case. */
      readonly method: string;
      /** HTTP status of the second response; `undefined`: there was none. */
      readonly status: number | undefined;
      /** When it was sent again, in milliseconds since the epoch. */
      readonly startedAt: number;
      readonly durationMs: number;
    };

/** What happened to the shared store. */
export type StoreEvent =
  /** An operation has ended. */
  | {
      readonly type: 'store.operation';
      readonly operation: 'get' | 'set' | 'lock' | 'release';
      /** `missing`: there is no record. `conflict`: another instance has written first. `held`: it has the lock. */
      readonly outcome: 'ok' | 'missing' | 'conflict' | 'held' | 'failed';
      readonly durationMs: number;
    }
  /** An operation failed. Emitted once until the store works again. */
  | {
      readonly type: 'store.failed';
      /** The operation, the address of the store, and the class and code of its error, or that it was late. */
      readonly reason: string;
    }
  | {
      readonly type: 'store.recovered';
      /** Seconds since it failed. */
      readonly seconds: number;
    }
  /** The application has closed before the store accepted a new refresh token. */
  | {
      readonly type: 'refresh_token.lost';
      readonly account?: string | undefined;
    };

/** What happened, and to whom. */
export type OAuth2Event = OAuth2EventBody & {
  readonly provider: string;
  /** Label of the account; absent for the definition's own, and for what concerns all accounts. */
  readonly account?: string | undefined;
};

/** An event of one type. */
export type OAuth2EventOf<T extends OAuth2Event['type']> = Extract<OAuth2EventBody, { type: T }> &
  Pick<OAuth2Event, 'provider' | 'account'>;

export type EventListener = (event: OAuth2Event) => void;

/** Where the events of a module go. */
export interface EventSink {
  readonly emit: EventListener;
  /** The listeners of the process. */
  readonly channel: { readonly hasSubscribers: boolean };
  /** The listeners of the module. */
  readonly subject: { readonly observed: boolean };
}

/** Wraps a listener so that its own failure does not stop what it listens to. */
export function harmless(listener: EventListener): EventListener {
  return (event) => {
    try {
      listener(event);
    } catch {
      // A listener handles its own failures.
    }
  };
}

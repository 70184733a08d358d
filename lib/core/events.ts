import type { OAuth2ClientError } from './errors.js';
import type { Recovery } from './outage.js';

/** What happened. It holds no secret. */
export type TokenEventBody =
  | {
      readonly type: 'token.obtained';
      /** `login`: by the base grant. `refresh`: with a refresh token. `store`: another instance has obtained it. */
      readonly by: 'login' | 'refresh' | 'store';
      /** When it expires, in milliseconds since the epoch. */
      readonly expiresAt: number;
      /** The outage that this token ends, if there was one. */
      readonly after?: Recovery | undefined;
    }
  /** The first response of the API is a 404. */
  | {
      readonly type: 'api.not_found';
      /** As declared; `undefined`: it comes from the token response. */
      readonly baseURL: string | undefined;
    }
  /** The API has rejected the token, and a renewal begins. */
  | { readonly type: 'token.rejected' }
  /** The API has rejected a token that is too new to be renewed again. Emitted once until this stops. */
  | {
      readonly type: 'renewal.withheld';
      /** Seconds until a rejected token is renewed again. */
      readonly retryAfter: number;
    }
  | StoreEvent
  /** The instances of this definition have different constants, so they share no tokens. */
  | {
      readonly type: 'definition.differs';
      /** The names of the constants, such as `headers.x-tenant`. */
      readonly names: readonly string[];
    }
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
      /** The answer of the vendor, or that there was none. */
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
  /** The lifetime of a token may not be what the vendor means. Emitted once for each problem of a provider. */
  | ({ readonly type: 'lifetime.doubtful' } & LifetimeDoubt)
  /** Values that are sent begin or end with white space. Emitted once for each member. */
  | {
      readonly type: 'definition.white_space';
      /** The members of the definition, such as `credentials.apiKey`. */
      readonly members: readonly string[];
    }
  /** The response to a login lacks a value that `values.extra` in the definition needs. Emitted once. */
  | {
      readonly type: 'extra.missing';
      /** The paths at which there is nothing. */
      readonly paths: readonly string[];
      /** The names of the members of `extra`, in backticks. */
      readonly found: readonly string[];
    }
  /** Members of the response are left out of `extra`: a token set takes at most 60 KiB. */
  | { readonly type: 'extra.cut' }
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
      /** Seconds until the next attempt. */
      readonly retryAfter: number;
      /** Whether an older token serves the callers meanwhile. */
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

/** What happened to the shared store. */
export type StoreEvent =
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

/** What happened to the tokens of a provider, or of one account. */
export type TokenEvent = TokenEventBody & {
  readonly provider: string;
  /** Label of the account; absent for the definition's own, and for what concerns all accounts. */
  readonly account?: string | undefined;
};

/** A lifetime that may not be what the vendor means. */
export interface LifetimeDoubt {
  /** `missing`: the response has none. `far`: it is more than ten years. */
  readonly problem: 'missing' | 'unreadable' | 'past' | 'far';
  /** The value in the response, if it can be shown; `undefined` if there is none. */
  readonly value: string | undefined;
  /** The `lifetimeFormat` that it was read with. */
  readonly format: string;
  /** When the token expires by that: milliseconds since the epoch; `undefined` if the value could not be read. */
  readonly end: number | undefined;
  /** The lifetime that is assumed if the value cannot be read, in seconds. */
  readonly seconds: number;
  /** The values of `lifetimeFormat` that would fit. */
  readonly fitting: readonly string[];
}

export type TokenListener = (event: TokenEvent) => void;

/** Wraps a listener so that its own failure does not stop what it listens to. */
export function harmless(listener: TokenListener): TokenListener {
  return (event) => {
    try {
      listener(event);
    } catch {
      // A listener handles its own failures.
    }
  };
}

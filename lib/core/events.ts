import type { OAuth2ClientError } from './errors.js';
import type { Recovery } from './outage.js';

/** What happened. Holds no secret. */
export type TokenEventBody =
  | {
      readonly type: 'obtained';
      /** `login`: the base grant. `refresh`: a refresh token. `store`: another instance had it. */
      readonly by: 'login' | 'refresh' | 'store';
      /** Milliseconds since the epoch. */
      readonly expiresAt: number;
      /** The outage that this token ends, if there was one. */
      readonly after?: Recovery | undefined;
    }
  /** The first response of the API is a 404. */
  | {
      readonly type: 'api not found';
      /** As declared; `undefined`: the token response tells it. */
      readonly baseURL: string | undefined;
    }
  /** The API has rejected the token, and a renewal begins. */
  | { readonly type: 'rejected' }
  /** The API has rejected a token that is too new to be renewed again. Told once until it stops. */
  | {
      readonly type: 'withheld';
      /** Seconds until a rejection renews the token again. */
      readonly retryAfter: number;
    }
  | StoreEvent
  /** Instances of this definition are configured with different constants, and so share no tokens. */
  | {
      readonly type: 'definitions differ';
      /** The constants by their names, such as `headers.x-tenant`. */
      readonly names: readonly string[];
    }
  /** The `onTokenSet` of the definition failed or was late. */
  | {
      readonly type: 'hook failed';
      /** What went wrong, such as `failed (TypeError)`. */
      readonly problem: string;
    }
  /** The vendor did not accept that tokens are given back. */
  | { readonly type: 'revocation failed'; readonly error: OAuth2ClientError }
  /** A token that a login has replaced could not be given back: its session lives on. */
  | {
      readonly type: 'replaced token not revoked';
      /** What the vendor answered, or that it did not. */
      readonly reason: string;
    }
  /** The application has ended before all tokens were given back. */
  | {
      readonly type: 'revocation unfinished';
      /** Accounts whose tokens were not given back. */
      readonly accounts: number;
    }
  /** The clock of the vendor, by its `Date` header, and that of this machine differ. */
  | { readonly type: 'clock skew'; readonly seconds: number }
  /** How long a token lives may not be what the vendor means. Told once for each problem of a provider. */
  | ({ readonly type: 'lifetime doubtful' } & LifetimeDoubt)
  /** Values that are sent begin or end with white space. Told once for each member. */
  | {
      readonly type: 'white space';
      /** The members of the definition, such as `credentials.apiKey`. */
      readonly members: readonly string[];
    }
  /** The response of a login lacks what `values.extra` of the definition asks for. Told once. */
  | {
      readonly type: 'extra missing';
      /** The paths that lead nowhere. */
      readonly paths: readonly string[];
      /** Names of members that `extra` has, in backticks. */
      readonly found: readonly string[];
    }
  /** Members of the vendor's answer are left out of `extra`: a token set takes 60 KiB at most. */
  | { readonly type: 'extra cut' }
  /** The refresh token ends before it can be used, and there is no login. Told once for each account. */
  | {
      readonly type: 'refresh token ends unused';
      /** When the access token ends, in milliseconds since the epoch. */
      readonly expiresAt: number;
    }
  /** A refresh failed, and a login has brought a token instead. */
  | { readonly type: 'refresh failed'; readonly error: OAuth2ClientError }
  /** A renewal failed. */
  | {
      readonly type: 'failed';
      readonly error: OAuth2ClientError;
      /** Seconds until the next attempt. */
      readonly retryAfter: number;
      /** Whether callers are served with an older token meanwhile. */
      readonly serving: boolean;
      /** The renewal before it failed with the same code and to the same effect. */
      readonly isRepeated: boolean;
    }
  /** The older token that served during an outage has expired, and the first call has failed. */
  | {
      readonly type: 'calls fail';
      readonly error: OAuth2ClientError;
      /** Seconds until the next attempt. */
      readonly retryAfter: number;
    };

/** What is heard of the shared store. */
export type StoreEvent =
  /** It did not do what it was asked. Told once until it answers again. */
  | {
      readonly type: 'store failed';
      /** The operation, where the store is, and class and code of its error, or that it was late. */
      readonly reason: string;
    }
  | {
      readonly type: 'store recovered';
      /** Seconds since it failed. */
      readonly seconds: number;
    }
  /** The application has ended before the store took a new refresh token. */
  | {
      readonly type: 'refresh token lost';
      readonly account?: string | undefined;
    };

/** What happened to the tokens of a provider, or of one account. */
export type TokenEvent = TokenEventBody & {
  readonly provider: string;
  /** Label of the account; absent for the definition's own, and for what concerns all accounts. */
  readonly account?: string | undefined;
};

/** Why the lifetime of a token may not be what the vendor means. */
export interface LifetimeDoubt {
  /** `missing`: the response says none. `far`: more than ten years ahead. */
  readonly problem: 'missing' | 'unreadable' | 'past' | 'far';
  /** What the response says, if that can be shown; `undefined` if it says nothing. */
  readonly value: string | undefined;
  /** The `lifetimeFormat` that it was read as. */
  readonly format: string;
  /** When the token ends by that: milliseconds since the epoch; `undefined` if it could not be read. */
  readonly end: number | undefined;
  /** Seconds that a token lives whose response says nothing that can be read. */
  readonly seconds: number;
  /** Values of `lifetimeFormat` that would make sense of it. */
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

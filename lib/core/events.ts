import type { OAuth2ClientError } from './errors.js';

/** What happened to a token. Holds no secret. */
export type TokenEvent =
  | {
      readonly type: 'obtained';
      readonly provider: string;
      /** `login`: the base grant. `refresh`: a refresh token. `store`: another instance had it. */
      readonly by: 'login' | 'refresh' | 'store';
      /** Milliseconds since the epoch. */
      readonly expiresAt: number;
      /** Failed flights that this one ends. */
      readonly failuresBefore: number;
    }
  | { readonly type: 'rejected'; readonly provider: string }
  /** The first response of the API is a 404. */
  | {
      readonly type: 'api not found';
      readonly provider: string;
      /** As declared; `undefined`: the token response tells it. */
      readonly baseURL: string | undefined;
    }
  /** The shared store did not do what it was asked. */
  | {
      readonly type: 'store failed';
      readonly provider: string;
      /** Class and code of its error, or that it was late. */
      readonly reason: string;
    }
  /** The shared store answers again. */
  | { readonly type: 'store recovered'; readonly provider: string }
  /** Instances of this definition are configured with different constants, and so share no tokens. */
  | {
      readonly type: 'definitions differ';
      readonly provider: string;
      /** The constants by their names, such as `headers.x-tenant`. */
      readonly names: readonly string[];
    }
  /** The application has ended before the shared store took a new refresh token. */
  | { readonly type: 'refresh token lost'; readonly provider: string }
  /** The `onTokenSet` of the definition failed or was late. */
  | { readonly type: 'hook failed'; readonly provider: string }
  /** The vendor did not accept that tokens are given back. */
  | { readonly type: 'revocation failed'; readonly provider: string }
  /** A token that a login has replaced could not be given back: its session lives on. */
  | {
      readonly type: 'replaced token not revoked';
      readonly provider: string;
      /** What the vendor answered, or that it did not. */
      readonly reason: string;
    }
  /** The clock of the vendor, by its `Date` header, and that of this machine differ. */
  | { readonly type: 'clock skew'; readonly provider: string; readonly seconds: number }
  /** How long a token lives may not be what the vendor means. Told once for each problem of a provider. */
  | ({ readonly type: 'lifetime doubtful'; readonly provider: string } & LifetimeDoubt)
  /** Values that are sent begin or end with white space. Told once for each member. */
  | {
      readonly type: 'white space';
      readonly provider: string;
      /** The members of the definition, such as `credentials.apiKey`. */
      readonly members: readonly string[];
    }
  /** The response of a login lacks what `values.extra` of the definition asks for. Told once. */
  | {
      readonly type: 'extra missing';
      readonly provider: string;
      /** The paths that lead nowhere. */
      readonly paths: readonly string[];
      /** What `extra` has. */
      readonly found: readonly string[];
    }
  /** Members of the vendor's answer are left out of `extra`: a token set takes 60 KiB at most. */
  | { readonly type: 'extra cut'; readonly provider: string }
  /** The refresh token ends before it can be used, and there is no login. Told once for each account. */
  | {
      readonly type: 'refresh token ends unused';
      readonly provider: string;
      /** When the access token ends, in milliseconds since the epoch. */
      readonly expiresAt: number;
    }
  /** A refresh failed, and a login has brought a token instead. */
  | {
      readonly type: 'refresh failed';
      readonly provider: string;
      readonly error: OAuth2ClientError;
    }
  | {
      readonly type: 'failed';
      readonly provider: string;
      readonly error: OAuth2ClientError;
      /** Milliseconds until the next attempt. */
      readonly retryIn: number;
      /** Whether callers are served with an older token meanwhile. */
      readonly serving: boolean;
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

/** A listener whose own failure reaches nobody: what it is told of goes on. */
export function harmless(listener: TokenListener): TokenListener {
  return (event) => {
    try {
      listener(event);
    } catch {
      // whoever listens looks after itself
    }
  };
}

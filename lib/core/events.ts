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
  /** The vendor's answer says how long the token lives, and not as the definition declares. */
  | { readonly type: 'lifetime unread'; readonly provider: string }
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

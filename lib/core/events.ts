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
  /** The shared store did not answer; the renewal goes on without it. */
  | { readonly type: 'store failed'; readonly provider: string }
  | {
      readonly type: 'refresh refused';
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

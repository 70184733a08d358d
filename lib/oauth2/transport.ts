/** One HTTP request to a vendor's authorization server, encoded. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A `FormData` brings its own content type. */
  readonly body: string | FormData | undefined;
}

/** What came back, unread. */
export interface TransportAnswer {
  readonly status: number;
  /** Names in lower case; several `set-cookie` are joined by line breaks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends a token request: without following redirects, and never through an interceptor of the API's.
 * Any status is an answer; the signal ends the request. `mayBeSent` is asked at the last moment, when the
 * connection is up and nothing was written; if it says no, nothing is.
 *
 * @throws {TransportError} if there is no whole answer
 */
export type Transport = (
  request: TransportRequest,
  signal: AbortSignal,
  mayBeSent?: () => boolean,
) => Promise<TransportAnswer>;

/**
 * No whole answer, for the reason that `code` names, such as `ECONNREFUSED`. The message is a fixed text, such as
 * the reason that OpenSSL gives.
 */
export class TransportError extends Error {
  /** @param proxy where the request went instead of its host; `undefined`: it went there */
  constructor(
    readonly code: string,
    message: string,
    readonly proxy?: string,
  ) {
    super(message);
    this.name = 'TransportError';
  }
}

/** The code of a {@link TransportError} for an answer that is larger than a token set can be. */
export const ANSWER_TOO_LARGE = 'ANSWER_TOO_LARGE';

/** The code of a {@link TransportError} for a request that `mayBeSent` has kept from being sent. */
export const NOT_SENT = 'NOT_SENT';

/** One HTTP request to a vendor's authorization server, encoded. */
export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A `FormData` brings its own content type. */
  readonly body: string | FormData | undefined;
}

/** A response that nobody has read yet. */
export interface TransportResponse {
  readonly status: number;
  /** Names in lower case; several `set-cookie` are joined by line breaks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends a token request. It follows no redirects and uses no interceptor of the API. Any status is a response, and the
 * signal ends the request. `mayBeSent` is called when the connection is up and nothing was written yet. If it returns
 * `false`, nothing is written.
 *
 * @throws {TransportError} if there is no complete response
 */
export type Transport = (
  request: TransportRequest,
  signal: AbortSignal,
  mayBeSent?: () => boolean,
) => Promise<TransportResponse>;

/**
 * There is no complete response, for the reason that `code` names, such as `ECONNREFUSED`. The message is a fixed text,
 * such as the reason that OpenSSL gives.
 */
export class TransportError extends Error {
  /** @param proxy the proxy that the request was sent to; `undefined`: it was sent to its host */
  constructor(
    readonly code: string,
    message: string,
    readonly proxy?: string,
  ) {
    super(message);
    this.name = 'TransportError';
  }
}

/** The code of a {@link TransportError} for a response that is too large for a token response. */
export const RESPONSE_TOO_LARGE = 'RESPONSE_TOO_LARGE';

/** The code of a {@link TransportError} for a request that `mayBeSent` has stopped. */
export const NOT_SENT = 'NOT_SENT';

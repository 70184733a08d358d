/** Options of `OAuth2TestServer.start()`. */
export interface OAuth2TestServerOptions {
  /** Port on 127.0.0.1. Default 0: any that is free. */
  readonly port?: number;
  /** Path of the token endpoint, or its end. All other paths are the API. Default `/token`. */
  readonly tokenPath?: string;
  /** What the numbered access tokens begin with. Default `token-`. */
  readonly tokenPrefix?: string;
  /** Members of every token response, such as `expires_in` (seconds) or `scope`. */
  readonly tokenResponse?: Readonly<Record<string, unknown>>;
  /**
   * `none`: token responses have no refresh token. `reusable`: a login brings a refresh token that works until it is
   * revoked. `rotating`: a refresh token works once and brings the next one; if it is sent again, all refresh tokens
   * from the same login are revoked (RFC 9700 §4.14.2). Default `none`.
   *
   * A refresh token that the server does not know works, too: the app has it from its configuration.
   */
  readonly refreshTokens?: 'none' | 'reusable' | 'rotating';
}

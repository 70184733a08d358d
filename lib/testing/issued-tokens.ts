import type { OAuth2TestServerOptions } from './oauth2-test-server-options.js';

/** The refresh tokens that come from one login. */
interface Family {
  isRevoked: boolean;
}

type RefreshTokens = OAuth2TestServerOptions['refreshTokens'];

/** The tokens of an `OAuth2TestServer`, and what has become of them. */
export class IssuedTokens {
  /** Access tokens that the API accepts. */
  readonly live = new Set<string>();
  readonly #issued = new Set<string>();
  /** By refresh token: those of this server, and those that clients brought along. */
  readonly #families = new Map<string, Family>();
  readonly #used = new Set<string>();
  #refreshTokens = 0;
  #refusesUnknown = false;

  constructor(
    private readonly prefix: string,
    private readonly mode: RefreshTokens,
  ) {}

  /** The next access token. */
  next(): string {
    return this.add(`${this.prefix}${this.#issued.size + 1}`);
  }

  /** Accepts a token that a test has chosen. */
  add(token: string): string {
    this.#issued.add(token);
    this.live.add(token);
    return token;
  }

  readonly isIssued = (token: string): boolean => this.#issued.has(token);

  /** The members about refresh tokens in the response to a login. */
  logIn(): { readonly refresh_token?: string } {
    return this.mode === 'none' ? {} : this.#refreshTokenOf({ isRevoked: false });
  }

  /**
   * The same for a refresh; `undefined` if the refresh token is refused. One that rotates works once. If it is sent
   * again, all refresh tokens from the same login are revoked (RFC 9700 §4.14.2).
   */
  refresh(sent: string): { readonly refresh_token?: string } | undefined {
    const family = this.#families.get(sent) ?? { isRevoked: this.#refusesUnknown };
    this.#families.set(sent, family);
    if (this.#used.has(sent)) family.isRevoked = true;
    if (family.isRevoked) return undefined;
    if (this.mode !== 'rotating') return {};
    this.#used.add(sent);
    return this.#refreshTokenOf(family);
  }

  /** Refuses all refresh tokens but those of logins to come. */
  revokeRefreshTokens(): void {
    this.#refusesUnknown = true;
    for (const family of this.#families.values()) family.isRevoked = true;
  }

  #refreshTokenOf(family: Family) {
    const refresh_token = `refresh-${this.prefix}${++this.#refreshTokens}`;
    this.#families.set(refresh_token, family);
    return { refresh_token };
  }
}

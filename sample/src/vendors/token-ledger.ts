import { randomBytes } from 'node:crypto';

/** The tokens one vendor has issued: which are live, and which refresh tokens are unspent. */
export class TokenLedger {
  private readonly expiries = new Map<string, number>();
  private readonly refreshTokens = new Set<string>();

  /**
   * @param lifetime of an access token, in seconds
   * @param now epoch milliseconds
   */
  constructor(
    private readonly lifetime: number,
    private readonly now: () => number,
  ) {}

  issue() {
    const accessToken = randomBytes(32).toString('base64url');
    const refreshToken = randomBytes(32).toString('base64url');
    this.expiries.set(accessToken, this.now() + this.lifetime * 1000);
    this.refreshTokens.add(refreshToken);
    return { accessToken, refreshToken, expiresIn: this.lifetime };
  }

  accepts(accessToken: string): boolean {
    return (this.expiries.get(accessToken) ?? 0) > this.now();
  }

  /** A refresh token works once. */
  spend(refreshToken: string): boolean {
    return this.refreshTokens.delete(refreshToken);
  }

  revokeAccessTokens(): void {
    this.expiries.clear();
  }

  revokeRefreshTokens(): void {
    this.refreshTokens.clear();
  }
}

import type { Ask } from './scripted-source.js';
import { permanent } from './failures.js';

/**
 * An authorization server that rotates refresh tokens: each works once, and one that comes a second time
 * ends its whole family (RFC 9700 §4.14.2).
 */
export class RotatingServer {
  /** Refresh tokens that came a second time. */
  readonly reused: string[] = [];
  /** Every refresh token that came, in order. */
  readonly sent: string[] = [];
  readonly #newest = new Map<string, string>();
  readonly #familyOf = new Map<string, string>();

  /** A person consents: the first refresh token of a new family. */
  consent(account: string): string {
    const refreshToken = `${account}-0`;
    this.#newest.set(account, refreshToken);
    this.#familyOf.set(refreshToken, account);
    return refreshToken;
  }

  /** A person withdraws the consent. */
  withdraw(account: string): void {
    this.#newest.delete(account);
  }

  /** Grants the next refresh token, and an access token that names the account; refuses all others. */
  readonly answer = (ask: Ask): void => {
    const refreshToken = ask.refreshToken ?? '';
    const account = this.#familyOf.get(refreshToken) ?? 'nobody';
    const wasSent = this.sent.includes(refreshToken);
    this.sent.push(refreshToken);
    if (this.#newest.get(account) !== refreshToken) {
      if (wasSent && this.#newest.has(account)) this.reused.push(refreshToken);
      this.#newest.delete(account);
      return ask.fail(permanent({ error: 'invalid_grant', status: 400 }));
    }
    const next = `${account}-${Number(refreshToken.slice(account.length + 1)) + 1}`;
    this.#newest.set(account, next);
    this.#familyOf.set(next, account);
    ask.grant({ accessToken: `${account}-access-${this.sent.length}`, refreshToken: next });
  };
}

import { fitting, LARGEST_TOKEN_SET, sizeOf } from '../util/memory.js';
import { REDACTED } from '../util/redaction.js';

/** The members of a {@link TokenSet}, as its constructor takes them. */
export interface TokenSetFields {
  /** `access_token` (RFC 6749 §5.1). */
  readonly accessToken: string;
  /** Authentication scheme that the token is sent with; `''`: none. Default `Bearer`. */
  readonly tokenType?: string | undefined;
  /** When the access token expires, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** When the vendor wants it to be renewed, in milliseconds since the epoch. */
  readonly refreshAt?: number | undefined;
  /** Granted scope, space-separated; the requested one if the response names none. */
  readonly scope?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** When the refresh token expires, in milliseconds since the epoch, if the vendor says so. */
  readonly refreshExpiresAt?: number | undefined;
  /** How often it has been renewed since the login. Default 0. @internal */
  readonly refreshes?: number | undefined;
  /** The digest that names its refresh token family, if the family began with a configured refresh token. @internal */
  readonly family?: string | undefined;
  /**
   * Further members of the response, such as `instance_url`. A token set takes at most 60 KiB of memory. Members that do
   * not fit beside the tokens are left out, the last ones first.
   */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

/** Whether a token can be sent in a header without breaking or forging one (RFC 6750 §2.1). */
export function isSendable(token: unknown): token is string {
  return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token);
}

/** The access token of a token set that has none. It is never sent. */
export const NO_ACCESS_TOKEN = 'none';

/** Milliseconds for which an unused refresh token of unknown lifetime is kept: 90 days. */
export const REFRESH_TOKEN_LIFE = 90 * 86_400_000;

/** The last instant that a `Date` can hold. */
const END_OF_TIME = 8.64e15;

/**
 * The tokens that a token endpoint has granted. It is immutable and prints redacted: the tokens are private fields, so
 * neither `JSON.stringify` nor `util.inspect` shows them in any mode.
 */
export class TokenSet {
  /** Authentication scheme that the token is sent with; `''`: none. */
  readonly tokenType: string;
  /** When the access token expires, in milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Granted scope, as the vendor separates it; the requested one if the response names none. */
  readonly scope: string | undefined;
  readonly #accessToken: string;
  readonly #rare: RareFields | undefined;

  constructor(fields: TokenSetFields) {
    this.tokenType = fields.tokenType ?? 'Bearer';
    this.expiresAt = instantOf(fields.expiresAt) ?? 0;
    this.scope = fields.scope;
    this.#accessToken = fields.accessToken;
    this.#rare = rareOf(fields);
    Object.freeze(this);
  }

  get accessToken(): string {
    return this.#accessToken;
  }

  get refreshToken(): string | undefined {
    return this.#rare?.refreshToken;
  }

  /** When the refresh token expires, in milliseconds since the epoch, if the vendor says so. */
  get refreshExpiresAt(): number | undefined {
    return this.#rare?.refreshExpiresAt;
  }

  /** When the vendor wants it to be renewed, in milliseconds since the epoch. */
  get refreshAt(): number | undefined {
    return this.#rare?.refreshAt;
  }

  /** How often it has been renewed since the login. @internal */
  get refreshes(): number {
    return this.#rare?.refreshes ?? 0;
  }

  /** The digest that names its refresh token family, if the family began with a configured refresh token. @internal */
  get family(): string | undefined {
    return this.#rare?.family;
  }

  /** Further members of the response, and the responses of the steps after the login. */
  get extra(): Readonly<Record<string, unknown>> {
    return this.#rare?.extra ?? NOTHING;
  }

  /** Value of the `Authorization` header (RFC 6750 §2.1). */
  get authorization(): string {
    return this.tokenType === '' ? this.#accessToken : `${this.tokenType} ${this.#accessToken}`;
  }

  /** A copy with some members replaced. */
  with(changes: Partial<TokenSetFields>): TokenSet {
    return new TokenSet({ ...this.fields(), ...changes });
  }

  /** All members, the tokens in plain text, as a store writes them. `new TokenSet(fields)` reads them. */
  fields(): TokenSetFields {
    const { accessToken, tokenType, expiresAt, scope } = this;
    return { accessToken, tokenType, expiresAt, scope, refreshes: 0, ...this.#rare };
  }

  toJSON(): Record<string, unknown> {
    return {
      tokenType: this.tokenType,
      expiresAt: new Date(this.expiresAt).toISOString(),
      scope: this.scope,
      accessToken: REDACTED,
      refreshToken: this.refreshToken === undefined ? undefined : REDACTED,
    };
  }

  toString(): string {
    return `TokenSet(${REDACTED})`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `TokenSet ${JSON.stringify(this.toJSON())}`;
  }
}

/** Members that most token sets do not have. They take no memory there. */
type RareFields = Pick<
  TokenSetFields,
  'refreshToken' | 'refreshExpiresAt' | 'refreshAt' | 'refreshes' | 'family' | 'extra'
>;

function rareOf(fields: TokenSetFields): RareFields | undefined {
  const { refreshToken, refreshes = 0, family } = fields;
  const refreshExpiresAt = instantOf(fields.refreshExpiresAt);
  const refreshAt = instantOf(fields.refreshAt);
  const extra = fields.extra && fitting(fields.extra, roomIn(fields));
  const rare = { refreshToken, refreshExpiresAt, refreshAt, refreshes, family, extra };
  return Object.values(rare).some((value) => value !== undefined && value !== 0) ? rare : undefined;
}

/** The bytes that the other members leave for `extra`. */
function roomIn(fields: TokenSetFields): number {
  return LARGEST_TOKEN_SET - sizeOf({ ...fields, extra: undefined }, LARGEST_TOKEN_SET);
}

/** The time, within the limits of a `Date`; `undefined` if it is not a number. */
function instantOf(time: number | undefined): number | undefined {
  if (typeof time !== 'number' || Number.isNaN(time)) return undefined;
  return Math.max(0, Math.min(time, END_OF_TIME));
}

const NOTHING: Readonly<Record<string, unknown>> = Object.freeze(
  Object.create(null) as object,
) as Record<string, unknown>;

/**
 * What a login has replaced and the vendor should end: the access token and with it the session. The refresh token is
 * left out, because at many servers its revocation ends the whole family. `undefined` if there is nothing to revoke.
 */
export function replacedBy(tokens: TokenSet, before: TokenSet | undefined): TokenSet | undefined {
  if (!before || before.accessToken === tokens.accessToken) return undefined;
  const wasRevoked = isTombstone(before) && before.refreshExpiresAt !== undefined;
  if (before.accessToken === NO_ACCESS_TOKEN || wasRevoked) return undefined;
  return before.with({ refreshToken: undefined });
}

/** Whether a token set from the store only says that its tokens have ended. */
export function isTombstone({ expiresAt, refreshToken }: TokenSet): boolean {
  return expiresAt === 0 && refreshToken === undefined;
}

/** Whether a token set has a refresh token that a login has brought. Others belong to a refresh token family. */
export function hasOwnRefreshToken(tokens: TokenSet | undefined): tokens is TokenSet {
  return tokens?.refreshToken !== undefined && tokens.family === undefined;
}

/** The tokens of an account as its record in the store has them. The refresh token of a family has its own record. */
export function recordOf(tokens: TokenSet): TokenSet {
  return tokens.family === undefined ? tokens : tokens.with({ refreshToken: undefined });
}

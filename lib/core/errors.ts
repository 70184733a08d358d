import { bare } from '../util/memory.js';

/** What went wrong, as a stable code. The table in `docs/errors.md` says what to do about each. */
export type OAuth2ErrorCode =
  | 'CONFIGURATION_INVALID'
  | 'CREDENTIALS_UNAVAILABLE'
  | 'CREDENTIALS_REJECTED'
  | 'REAUTHENTICATION_REQUIRED'
  | 'TOKEN_ENDPOINT_UNREACHABLE'
  | 'TOKEN_ENDPOINT_UNAVAILABLE'
  | 'TOKEN_REQUEST_TIMEOUT'
  | 'TOKEN_REQUEST_REJECTED'
  | 'TOKEN_RESPONSE_INVALID'
  | 'THROTTLED'
  | 'STORE_UNAVAILABLE'
  | 'SHUTTING_DOWN'
  | 'PROVIDER_UNKNOWN'
  | 'PROVIDER_DISABLED'
  | 'PROVIDER_AMBIGUOUS'
  | 'URL_NOT_OWNED'
  | 'REQUEST_INVALID';

/** The step in which it went wrong. */
export type OAuth2ErrorStage =
  'configuration' | 'credentials' | 'token request' | 'token response' | 'api request';

/** The members of an {@link OAuth2ClientError}. None of them ever holds a secret. */
export interface OAuth2ErrorDetails {
  readonly code: OAuth2ErrorCode;
  /** Name of the provider, or several, or the module. */
  readonly provider: string;
  /**
   * Label of the account, as `accountLabel` of the module makes it. Absent for the account that has neither
   * subject nor scope nor resource of its own.
   */
  readonly account?: string | undefined;
  readonly stage: OAuth2ErrorStage;
  /** What happened, in one sentence. */
  readonly reason: string;
  /** What to do about it, in one sentence. */
  readonly hint: string;
  /** HTTP status of the token response. */
  readonly status?: number | undefined;
  /** `error` of the token response (RFC 6749 §5.2). */
  readonly error?: string | undefined;
  /** `error_description` or the vendor's message: secrets masked, at most 200 characters. */
  readonly errorDescription?: string | undefined;
  /** Whether the same call may succeed later although nobody changes anything. Default `false`. */
  readonly retryable?: boolean | undefined;
  /** Seconds until another attempt makes sense. */
  readonly retryAfter?: number | undefined;
  /**
   * Whether the token endpoint may have looked at the credentials. If `false`, it certainly has not, and another attempt
   * cannot lock an account. Default: `true` in the stages of a token request, `false` in the others.
   */
  readonly evaluated?: boolean | undefined;
  /**
   * The authorization server says that the grant itself (refresh token, password, assertion) is not valid:
   * `invalid_grant` (RFC 6749 §5.2), or a code that the definition declares as `credentials`.
   * Default `false`.
   */
  readonly grantRefused?: boolean | undefined;
  /** The server refused a password and may lock the account after further attempts. Default `false`. */
  readonly mayLockAccount?: boolean | undefined;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('nestjs-oauth2-client:error');

/**
 * The error class of this package. `code` says which error it is. It is safe to log and to serialise.
 * When several callers wait for the same renewal, each gets an error of its own. Its `cause` is the shared, frozen
 * failure.
 */
export class OAuth2ClientError extends Error implements OAuth2ErrorDetails {
  readonly code: OAuth2ErrorCode;
  readonly provider: string;
  readonly account: string | undefined;
  readonly stage: OAuth2ErrorStage;
  readonly reason: string;
  readonly hint: string;
  readonly status: number | undefined;
  readonly error: string | undefined;
  readonly errorDescription: string | undefined;
  readonly retryable: boolean;
  readonly retryAfter: number | undefined;
  readonly evaluated: boolean;
  readonly grantRefused: boolean;
  readonly mayLockAccount: boolean;

  /** @param details `of()` adds a provider that is missing */
  constructor(
    details: Omit<OAuth2ErrorDetails, 'provider'> & { readonly provider?: string | undefined },
  ) {
    // Without a prototype, so that only the given members count.
    const facts = bare(details);
    super(
      [placeOf(facts), facts.reason, facts.hint].filter(Boolean).join(' '),
      facts.cause === undefined ? undefined : { cause: facts.cause },
    );
    this.name = 'OAuth2ClientError';
    this.code = facts.code;
    this.provider = facts.provider ?? '';
    this.account = facts.account;
    this.stage = facts.stage;
    this.reason = facts.reason;
    this.hint = facts.hint;
    this.status = facts.status;
    this.error = facts.error;
    this.errorDescription = facts.errorDescription;
    this.retryable = facts.retryable ?? false;
    this.retryAfter = facts.retryAfter;
    this.evaluated = facts.evaluated ?? facts.stage.startsWith('token');
    this.grantRefused = facts.grantRefused ?? false;
    this.mayLockAccount = facts.mayLockAccount ?? false;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Recognises the error of any copy of this package (ESM and CommonJS have one each). */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /**
   * The same failure with the name of its provider, if it has none.
   *
   * @internal
   */
  of(provider: string): OAuth2ClientError {
    if (this.provider !== '') return this;
    return new OAuth2ClientError({ ...this.toJSON(), provider, cause: this.cause });
  }

  /**
   * The same failure for one more caller.
   *
   * @param retryAfter seconds until the next attempt. Default: what the failure itself says
   * @param account label of the caller's account
   * @internal
   */
  forCaller(retryAfter?: number, account?: string): OAuth2ClientError {
    const wait = retryAfter ? ` The next attempt is due in ${retryAfter} s.` : '';
    const own = { hint: `${this.hint}${wait}`, retryAfter: retryAfter ?? this.retryAfter, account };
    return new OAuth2ClientError({ ...this.toJSON(), ...own, cause: this });
  }

  toJSON(): OAuth2ErrorDetails & { name: string; message: string } {
    const { name, message, code, provider, account, stage, reason, hint, retryable } = this;
    const { evaluated, status, error, errorDescription, retryAfter, grantRefused, mayLockAccount } =
      this;
    return {
      name,
      message,
      code,
      provider,
      account,
      stage,
      reason,
      hint,
      status,
      error,
      errorDescription,
      retryable,
      retryAfter,
      evaluated,
      grantRefused,
      mayLockAccount,
    };
  }
}

/** The beginning of errors and log lines: the provider and, if it has a label, the account. */
export function placeOf({
  provider,
  account,
}: Partial<Pick<OAuth2ErrorDetails, 'provider' | 'account'>>): string {
  if (!provider) return '';
  return account === undefined ? `[${provider}]` : `[${provider}, account ${account}]`;
}

/**
 * Reads the stack of an error and those of its causes, before the error is kept. Until a stack is read, V8 keeps its
 * functions alive, and with them whatever these refer to, such as a whole response.
 */
export function settleStack(error: unknown): void {
  for (let next = error; next instanceof Error; next = next.cause) String(next.stack);
}

/** The class of an error. The text of an error of another package is not shown, because it may quote a secret. */
export function kindOf(error: unknown): string {
  return error instanceof Error ? error.constructor.name : typeof error;
}

/**
 * The error for a call that is not valid.
 *
 * @param hint what to correct: the call, or the definition
 */
export function invalidCall(provider: string, reason: string, hint: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'REQUEST_INVALID',
    provider,
    stage: 'api request',
    reason,
    hint,
  });
}

import { accountKey } from './account-key.js';
import type { Clock, Instant } from '../core/clock.js';
import { parseDate } from '../core/dates.js';
import type { TokenSet } from '../core/token-set.js';
import type { PreparedGrants, TokenAttempt, TokenSource } from '../core/token-source.js';
import { names, type TokenTarget } from '../core/token-target.js';
import { clientAuthentications } from './client-authentication.js';
import { CREDENTIALS, resolveCredentials, SECRETS, type Credentials } from './credentials.js';
import { grants, type GrantType } from './grants.js';
import type { TokenEndpoint } from './token-endpoint.js';
import { refused, unreachable, unreadable, type FailureContext } from './token-failure.js';
import { encode, type Parameter, type TokenRequest } from './token-request.js';
import { membersOf, readTokens } from './token-response.js';
import { TransportError, type Transport, type TransportAnswer } from './transport.js';

const DEFAULT_LIFETIME = 300;

/** Seconds by which the clocks of two machines may well differ. */
const NOTABLE_SKEW = 30;

/** A {@link TokenSource} that asks a vendor's token endpoint as its definition says. */
export class TokenEndpointSource implements TokenSource {
  readonly refreshDocumented: boolean;
  readonly canLogInAgain: boolean;
  readonly hasConfiguredRefreshToken: boolean;
  readonly credentialsMayChange: boolean;
  readonly #grantType: GrantType;
  #skewed = false;

  constructor(
    private readonly provider: string,
    private readonly endpoint: TokenEndpoint,
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly onClockSkew: (seconds: number) => void = () => {},
  ) {
    this.#grantType = endpoint.grantType ?? 'client_credentials';
    this.refreshDocumented = endpoint.refresh !== 'undocumented';
    this.canLogInAgain = this.#grantType !== 'refresh_token';
    this.hasConfiguredRefreshToken = endpoint.refreshToken !== undefined;
    this.credentialsMayChange = CREDENTIALS.some((name) => typeof endpoint[name] === 'function');
  }

  async prepare(target: TokenTarget): Promise<PreparedGrants> {
    const credentials = await resolveCredentials(this.provider, this.endpoint, target);
    const base = this.#grantType;
    const refreshes = grants[base].refreshable && this.endpoint.refresh !== 'never';
    return {
      accountKey: accountKey(this.provider, this.endpoint, credentials, target),
      configuredRefreshToken: credentials.refreshToken,
      refresh: refreshes
        ? (refreshToken) => this.#attempt('refresh_token', { ...credentials, refreshToken }, target)
        : undefined,
      login: this.canLogInAgain ? this.#attempt(base, credentials, target) : undefined,
    };
  }

  #attempt(grantType: GrantType, credentials: Credentials, target: TokenTarget): TokenAttempt {
    return {
      policy: grants[grantType].policy,
      run: (signal, startedAt) => this.#ask(grantType, credentials, target, signal, startedAt),
    };
  }

  async #ask(
    grantType: GrantType,
    credentials: Credentials,
    target: TokenTarget,
    signal: AbortSignal,
    startedAt: Instant,
  ): Promise<TokenSet> {
    const scope = names(target.scope ?? this.endpoint.scope).join(' ') || undefined;
    // What was not granted must not be asked for, and what was is what a refresh means (RFC 6749 §6).
    const isRenewal = grantType === 'refresh_token' && this.canLogInAgain;
    const asked = isRenewal ? undefined : scope;
    const request = this.#request(grantType, credentials, asked, target.resource);
    const context: FailureContext = {
      provider: this.provider,
      url: request.url,
      secrets: secretsOf(credentials, request, this.endpoint),
      now: this.clock.now(),
    };
    const answer = await this.#send(request, context, signal);
    this.#noticeSkew(answer);
    const members = membersOf(answer);
    const success = answer.status >= 200 && answer.status < 300;
    if (!success || isError(members)) throw refused(context, answer, members);
    if (!members) throw unreadable(context, answer, 'its body is not a JSON object', true);
    const reading = readTokens(members, {
      startedAt,
      requestedScope: scope,
      lifetime: {
        format: this.endpoint.lifetimeFormat ?? 'seconds',
        default: this.endpoint.defaultLifetime ?? DEFAULT_LIFETIME,
        cap: this.endpoint.maxLifetime,
      },
      requiredScope: names(this.endpoint.requiredScope),
      refreshable: grants[grantType].refreshable,
    });
    if (!reading.ok) throw unreadable(context, answer, reading.reason, false);
    return reading.tokens;
  }

  /** Expiry is unaffected: it counts from our own clock. Assertions and absolute instants are not. */
  #noticeSkew({ headers }: TransportAnswer): void {
    const date = parseDate(headers['date']);
    if (date === undefined) return;
    const seconds = Math.round((date - this.clock.now()) / 1_000);
    const skewed = Math.abs(seconds) > NOTABLE_SKEW;
    if (skewed && !this.#skewed) this.onClockSkew(seconds);
    this.#skewed = skewed;
  }

  async #send(
    request: TokenRequest,
    context: FailureContext,
    signal: AbortSignal,
  ): Promise<TransportAnswer> {
    try {
      return await this.transport(encode(request), signal);
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof TransportError ? unreachable(context, error) : error;
    }
  }

  #request(
    grantType: GrantType,
    credentials: Credentials,
    scope: string | undefined,
    resource: TokenTarget['resource'],
  ): TokenRequest {
    const { tokenEndpoint, headers, encoding, parameters, clientAuthentication } = this.endpoint;
    const resources = names(resource ?? this.endpoint.resource);
    const request: TokenRequest = {
      url: tokenEndpoint,
      headers: headers ?? {},
      encoding: encoding ?? 'form',
      parameters: [
        ...grants[grantType].parameters(credentials),
        ...(scope === undefined ? [] : [['scope', scope] as const]),
        ...resources.map((uri): Parameter => ['resource', uri]),
        ...Object.entries(parameters ?? {}),
      ],
    };
    return clientAuthentications[clientAuthentication ?? 'client_secret_basic'].apply(
      request,
      credentials,
    );
  }
}

/** GitHub and others answer 200 to a request that failed. */
function isError(members: Record<string, unknown> | undefined): boolean {
  if (!members || 'access_token' in members) return false;
  return typeof members['error'] === 'string' || typeof members['error'] === 'number';
}

/** A short value is no secret, and masking it would spoil every message. */
function maybeSecret(value: string): boolean {
  return value.length >= 6;
}

function secretsOf(
  credentials: Credentials,
  request: TokenRequest,
  { parameters, headers }: TokenEndpoint,
): string[] {
  return [
    ...SECRETS.map((name) => credentials[name]),
    request.headers['authorization'],
    ...[...Object.values(parameters ?? {}), ...Object.values(headers ?? {})].filter(maybeSecret),
  ].filter((secret) => secret !== undefined);
}

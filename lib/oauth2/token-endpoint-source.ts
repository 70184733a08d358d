import { bare } from '../util/memory.js';
import type { Clock } from '../util/clock.js';
import { tryUrl } from '../util/urls.js';
import type { AttemptCall } from '../core/attempts.js';
import type { EventListener } from '../core/events.js';
import type { TokenSet } from '../core/token-set.js';
import { type PreparedGrants, type TokenAttempt, type TokenSource } from '../core/token-source.js';
import type { TokenTarget } from '../core/token-target.js';
import { accountKey, constantsToCompare, refreshTokenKey, type IdentityOf } from './account-key.js';
import {
  CREDENTIALS,
  credentialsMayChange,
  keysOf,
  resolveCredentials,
  resolveKeys,
} from './credentials.js';
import { DefinitionWarnings } from './definition-warnings.js';
import { grants, isCarefulLogin, type GrantType } from './grants.js';
import {
  loginRequest,
  refreshOf,
  refreshRequest,
  situationOf,
  type Account,
  type MakeRequest,
} from './protocol.js';
import { declared } from './request-values.js';
import { revocationsOf } from './revocation.js';
import { selfSigned } from './self-signed.js';
import { runSteps, withResults } from './steps.js';
import type { RefreshDefinition, TokenEndpoint } from './token-endpoint.js';
import { extraPathsIn, hasFunctions } from './token-use.js';
import { GrantRequests } from './grant-request.js';
import type { Transport } from './transport.js';
import { VendorClient } from './vendor-client.js';

/** What a {@link TokenEndpointSource} works with. */
export interface TokenEndpointParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly emit: EventListener;
  readonly identityOf: IdentityOf;
}

/** A {@link TokenSource} that asks a vendor's token endpoint as its definition says. */
export class TokenEndpointSource implements TokenSource {
  readonly place: string | undefined;
  readonly refreshDocumented: boolean;
  readonly refreshLimit: number | undefined;
  readonly canLogInAgain: boolean;
  readonly credentialsMayChange: boolean;
  readonly constants: TokenSource['constants'];
  readonly revoke: TokenSource['revoke'];
  readonly #grantType: GrantType;
  readonly #refresh: RefreshDefinition | undefined;
  readonly #client: VendorClient;
  readonly #warnings: DefinitionWarnings;
  /** The identity of an account's definition. It is constant, except where keys come from functions. */
  readonly #identity: IdentityOf;
  readonly #requests: GrantRequests;
  /** The paths in `extra` that the definition sends to the API. */
  readonly #extraPaths: readonly string[];
  readonly #useReadsCredentials: boolean;

  constructor(
    private readonly provider: string,
    private readonly endpoint: TokenEndpoint,
    { transport, clock, emit, identityOf }: TokenEndpointParts,
  ) {
    const { grantType = 'client_credentials', quota, concurrency, tokenEndpoint, use } = endpoint;
    this.#warnings = new DefinitionWarnings(provider, emit);
    this.#grantType = grantType;
    this.#refresh = refreshOf(endpoint);
    this.#client = new VendorClient({
      provider,
      transport,
      clock,
      emit,
      limits: { quota, concurrency },
    });
    const identity = keysOf(endpoint).some(isFunction) ? undefined : identityOf(endpoint);
    this.#identity = identity === undefined ? identityOf : () => identity;
    this.#extraPaths = extraPathsIn(use);
    this.#useReadsCredentials = hasFunctions(use);
    this.place = typeof tokenEndpoint === 'string' ? tryUrl(tokenEndpoint)?.host : undefined;
    this.#requests = new GrantRequests({
      provider,
      endpoint,
      client: this.#client,
      warnings: this.#warnings,
      refresh: this.#refresh,
      host: this.place,
    });
    this.refreshDocumented = this.#refresh?.undocumented !== true;
    this.refreshLimit = this.#refresh?.limit;
    const canRevoke = endpoint.revocation !== undefined;
    this.revoke = canRevoke ? (...revoked) => this.#revoke(...revoked) : undefined;
    this.canLogInAgain = grantType !== 'refresh_token';
    this.constants = constantsToCompare(provider, endpoint);
    this.credentialsMayChange = credentialsMayChange(endpoint);
  }

  async prepare(target: TokenTarget): Promise<PreparedGrants> {
    const account = await this.#account(target);
    const { endpoint, credentials } = account;
    const refresh = this.#refresh;
    return {
      accountKey: accountKey(
        this.provider,
        endpoint,
        credentials,
        target,
        this.#identity(endpoint),
      ),
      refreshTokenKey: (refreshToken) => refreshTokenKey(endpoint, refreshToken),
      credentials: this.#useReadsCredentials
        ? declared(credentials, CREDENTIALS, 'credential')
        : undefined,
      configuredRefreshToken: credentials['refreshToken'],
      refresh:
        refresh &&
        ((refreshToken, tokens) => ({
          policy: grants.refresh_token.policy,
          run: (call) => this.#renew(refresh, { ...account, refreshToken, tokens }, call),
        })),
      login: this.canLogInAgain
        ? { policy: grants[this.#grantType].policy, run: this.#login(account) }
        : undefined,
    };
  }

  /** Calls the functions that return credentials and keys. */
  async #account(target: TokenTarget): Promise<Account> {
    const { provider, endpoint } = this;
    const [credentials, keys] = await Promise.all([
      resolveCredentials(provider, endpoint, target, (name) => this.#warnings.whiteSpace(name)),
      resolveKeys(provider, endpoint),
    ]);
    return { endpoint: bare({ ...endpoint, ...keys }), credentials, target };
  }

  async #revoke(tokens: TokenSet, target: TokenTarget, call: AttemptCall): Promise<void> {
    const account = await this.#account(target);
    const situation = situationOf({ ...account, tokens });
    const now = this.#client.clock.now();
    const requests = revocationsOf(account.endpoint, situation, tokens, now);
    // If one is refused, the others are revoked all the same.
    const results = await Promise.allSettled(requests.map((make) => this.#client.ask(make, call)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  #login(account: Account): TokenAttempt['run'] {
    const client = this.#client;
    return this.#grantType === 'self_signed_jwt'
      ? (_call, startedAt) => selfSigned(this.provider, account, client.moment(), startedAt)
      : (call) => this.#logIn(account, call);
  }

  async #logIn(account: Account, call: AttemptCall): Promise<TokenSet> {
    const { endpoint } = account;
    const { before, after } = endpoint;
    const situation = situationOf(account);
    const first = before && (await runSteps(this.#client, endpoint, 'before', situation, call));
    const known = { ...situation, responses: first?.responses ?? {} };
    const make: MakeRequest = (moment) => ({
      ...loginRequest(endpoint, { ...known, ...moment }),
      isCareful: isCarefulLogin(endpoint),
    });
    const tokens = await this.#requests.tokens(make, account.target, call, {
      grantType: this.#grantType,
    });
    const { accessToken, refreshToken } = tokens;
    const held = { ...known, accessToken, refreshToken, tokens };
    const later = after && (await runSteps(this.#client, endpoint, 'after', held, call));
    if (!before && !after) return this.#completed(tokens);
    const complete = withResults(tokens, endpoint, first, later);
    if (complete.extraCut) this.#warnings.extraCut();
    return this.#completed(complete.tokens);
  }

  #completed(tokens: TokenSet): TokenSet {
    if (this.#extraPaths.length > 0) this.#warnings.missingExtra(tokens, this.#extraPaths);
    return tokens;
  }

  #renew(refresh: RefreshDefinition, account: Account, call: AttemptCall): Promise<TokenSet> {
    const { endpoint, target, tokens } = account;
    // A refresh without a scope asks for the scope that was granted. One that was not granted must not be asked for
    // (RFC 6749 §6).
    const { scope, ...others } = situationOf(account);
    const situation = { ...others, scope: this.canLogInAgain ? undefined : scope };
    const make: MakeRequest = (moment) =>
      refreshRequest(endpoint, refresh, { ...situation, ...moment });
    const { grantType = 'refresh_token' } = refresh;
    return this.#requests.tokens(make, target, call, { grantType, refreshed: { before: tokens } });
  }
}

const isFunction = (key: unknown) => typeof key === 'function';

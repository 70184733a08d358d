import type { AttemptCall } from '../core/attempts.js';
import { bare } from '../util/bare.js';
import type { Clock } from '../util/clock.js';
import type { TokenListener } from '../core/events.js';
import type { TokenSet } from '../core/token-set.js';
import {
  RefreshTokenOnly,
  type PreparedGrants,
  type TokenAttempt,
  type TokenSource,
} from '../core/token-source.js';
import { names, type TokenTarget } from '../core/token-target.js';
import { tryUrl } from '../util/urls.js';
import type { ResponseDefinition } from './answer-definition.js';
import { accountKey, constantsToCompare, refreshTokenKey, type IdentityOf } from './account-key.js';
import { CREDENTIALS, credentialsMayChange, resolveCredentials } from './credentials.js';
import { DefinitionNews } from './definition-news.js';
import { grants, isCarefulLogin, type GrantType } from './grants.js';
import { declared, within } from './definition-functions.js';
import { refreshOf, revocationsOf, vendorRequest, withNames } from './protocol.js';
import { toGiveBack } from './revocation.js';
import { resolveKeys } from './signing-keys.js';
import { scopeNames, situationOf, type Account } from './situation.js';
import { bodiesOf, runSteps } from './steps.js';
import type { RefreshDefinition, TokenEndpoint } from './token-endpoint.js';
import { readTokens } from './token-response.js';
import { hasFunctions, schemeOf } from './token-use.js';
import { notComputed } from './not-computed.js';
import { reading, unreadable } from './token-failure.js';
import type { Transport } from './transport.js';
import { selfSigned } from './self-signed.js';
import { VendorClient, type MakeRequest } from './vendor-client.js';

/** What a {@link TokenEndpointSource} works with. */
export interface TokenEndpointParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly emit: TokenListener;
  /** What of a definition decides whose token it is. */
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
  readonly #news: DefinitionNews;
  readonly #identityOf: IdentityOf;

  constructor(
    private readonly provider: string,
    private readonly endpoint: TokenEndpoint,
    { transport, clock, emit, identityOf }: TokenEndpointParts,
  ) {
    const { grantType = 'client_credentials', quota, concurrency } = endpoint;
    const limits = { quota, concurrency };
    this.#news = new DefinitionNews(provider, emit);
    this.#identityOf = identityOf;
    this.#grantType = grantType;
    this.#refresh = refreshOf(endpoint);
    this.#client = new VendorClient({ provider, transport, clock, emit, limits });
    const { tokenEndpoint } = endpoint;
    this.place = typeof tokenEndpoint === 'string' ? tryUrl(tokenEndpoint)?.host : undefined;
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
      accountKey: accountKey(this.provider, endpoint, credentials, target, this.#identityOf),
      refreshTokenKey: (refreshToken) => refreshTokenKey(endpoint, refreshToken),
      credentials: hasFunctions(endpoint.use)
        ? declared(credentials, CREDENTIALS, 'credential')
        : undefined,
      configuredRefreshToken: credentials['refreshToken'],
      refresh:
        refresh &&
        ((refreshToken, tokens) => ({
          policy: grants.refresh_token.policy,
          run: this.#renewal(refresh, { ...account, refreshToken, tokens }),
        })),
      login: this.canLogInAgain
        ? { policy: grants[this.#grantType].policy, run: this.#login(account) }
        : undefined,
    };
  }

  /** Calls the functions that credentials and keys come from. */
  async #account(target: TokenTarget): Promise<Account> {
    const { provider, endpoint } = this;
    const [credentials, keys] = await Promise.all([
      resolveCredentials(provider, endpoint, target, (name) => this.#news.whiteSpace([name])),
      resolveKeys(provider, endpoint),
    ]);
    return { endpoint: bare({ ...endpoint, ...keys }), credentials, target };
  }

  async #revoke(tokens: TokenSet, target: TokenTarget, call: AttemptCall): Promise<void> {
    const account = await this.#account(target);
    const given = toGiveBack(tokens, account.endpoint.revocation, this.#client.clock.now());
    const known = situationOf({ ...account, tokens });
    const situation = { ...known, accessToken: undefined, refreshToken: undefined, ...given };
    const requests = revocationsOf(account.endpoint, situation);
    // One that is refused must not keep the others from being given back.
    const results = await Promise.allSettled(requests.map((make) => this.#client.ask(make, call)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  #login(account: Account): TokenAttempt['run'] {
    const { endpoint } = account;
    if (this.#grantType === 'self_signed_jwt') {
      return async (_call, startedAt) => {
        const context = { ...situationOf(account), ...this.#client.moment() };
        const sign = () => selfSigned(endpoint, withNames(endpoint, context), startedAt);
        return within('assertion', sign).catch((error: unknown) => {
          throw notComputed(this.provider, error);
        });
      };
    }
    return async (call) => {
      const situation = situationOf(account);
      const first = await runSteps(this.#client, endpoint, 'before', situation, call);
      const known = { ...situation, responses: first.responses };
      const make: MakeRequest = (moment) => ({
        ...vendorRequest(endpoint, endpoint, this.#grantType, { ...known, ...moment }),
        isCareful: isCarefulLogin(endpoint),
      });
      const tokens = await this.#tokens(make, account.target, call);
      const { accessToken, refreshToken } = tokens;
      const now = { ...known, accessToken, refreshToken, tokens };
      const later = await runSteps(this.#client, endpoint, 'after', now, call);
      const told = { ...first.captured, ...bodiesOf(endpoint.after, later), ...later.captured };
      const complete = this.#withTold(tokens, told);
      this.#news.extraOf(complete, endpoint.use);
      return complete;
    };
  }

  #withTold(tokens: TokenSet, told: Readonly<Record<string, unknown>>): TokenSet {
    if (Object.keys(told).length === 0) return tokens;
    const extra = Object.freeze({ ...told, ...tokens.extra, ...told }); // first, and set last: see extra.ts
    const complete = tokens.with({ extra });
    if (complete.extra !== extra) this.#news.extraCut();
    return complete;
  }

  #renewal(refresh: RefreshDefinition, account: Account): TokenAttempt['run'] {
    return (call) => {
      // What was not granted must not be asked for, and what was is what a refresh means
      // (RFC 6749 §6).
      const { scope, ...others } = situationOf(account);
      const situation = { ...others, scope: this.canLogInAgain ? undefined : scope };
      const { grantType = 'refresh_token' } = refresh;
      const make: MakeRequest = (moment) =>
        vendorRequest(account.endpoint, refresh, grantType, { ...situation, ...moment });
      return this.#tokens(make, account.target, call, { before: account.tokens });
    };
  }

  async #tokens(
    make: MakeRequest,
    target: TokenTarget,
    call: AttemptCall,
    refreshed?: { readonly before: TokenSet | undefined },
  ): Promise<TokenSet> {
    const { answer, failure, sentAt: startedAt } = await this.#client.ask(make, call);
    const { endpoint } = this;
    const context = {
      places: placesOf(endpoint),
      scheme: schemeOf(endpoint.use),
      prolongs: this.#refresh?.prolongs === true,
      before: refreshed?.before,
      startedAt,
      requestedScope: scopeNames(endpoint, target).join(' ') || undefined,
      scopeSeparator: endpoint.scopeSeparator ?? ' ',
      lifetime: {
        format: endpoint.lifetimeFormat ?? 'seconds',
        default: endpoint.defaultLifetime,
        cap: endpoint.maxLifetime,
      },
      requiredScope: names(endpoint.requiredScope),
      refreshable: this.#refresh !== undefined,
      secrets: failure.secrets,
    };
    const result = reading(failure, answer, () => readTokens(answer, context));
    if (result.ok) {
      if (result.doubt) this.#news.lifetime(result.doubt);
      if (result.extraCut) this.#news.extraCut();
      return result.tokens;
    }
    const unread = unreadable(failure, answer, result);
    throw result.rest && refreshed ? new RefreshTokenOnly(unread, result.rest, startedAt) : unread;
  }
}

/** Where an answer has what. The base URL that it tells is captured, so that it is kept in any case. */
function placesOf({
  response: answer,
  baseURLFrom,
}: TokenEndpoint): ResponseDefinition | undefined {
  const [name] = typeof baseURLFrom === 'string' ? baseURLFrom.split('.') : [];
  if (name === undefined) return answer;
  return { ...answer, capture: { [name]: name, ...answer?.capture } };
}

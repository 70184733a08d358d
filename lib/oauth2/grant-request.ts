import { OAuth2ClientError } from '../core/errors.js';
import type { AttemptCall } from '../core/attempts.js';
import type { GrantFacts, TokenRequestEvent } from '../core/events.js';
import type { TokenSet } from '../core/token-set.js';
import { RefreshTokenOnly } from '../core/token-source.js';
import { names, type TokenTarget } from '../core/token-target.js';
import { instant } from '../util/clock.js';
import type { DefinitionWarnings } from './definition-warnings.js';
import { scopeNames, type MakeRequest } from './protocol.js';
import type { ResponseDefinition } from './response-definition.js';
import type { RefreshDefinition, TokenEndpoint } from './token-endpoint.js';
import { unreadable } from './token-failure.js';
import { readTokens, type ReadingContext } from './token-response.js';
import { schemeOf } from './token-use.js';
import { reading, type VendorClient } from './vendor-client.js';

/** What a {@link GrantRequests} works with. */
interface GrantRequestsParts {
  readonly provider: string;
  readonly endpoint: TokenEndpoint;
  readonly client: VendorClient;
  readonly warnings: DefinitionWarnings;
  readonly refresh: RefreshDefinition | undefined;
  /** Host of the token endpoint, if it is the same for all accounts. */
  readonly host: string | undefined;
}

/** The grant of a token request. */
interface RequestedGrant {
  readonly grantType: string;
  /** The request sends a refresh token. */
  readonly refreshed?: { readonly before: TokenSet | undefined } | undefined;
}

/** How a token request without a token ended. */
function endOf(
  failure: OAuth2ClientError,
  provider: string,
): Pick<TokenRequestEvent, 'outcome' | 'error'> {
  const error = failure.of(provider);
  if (failure.code === 'THROTTLED') return { outcome: 'throttled', error };
  return { outcome: failure.evaluated && !failure.retryable ? 'refused' : 'failed', error };
}

/** Asks the token endpoint with one grant, and reads the tokens in the response. */
export class GrantRequests {
  readonly #reading: ReturnType<typeof readingOf>;

  constructor(private readonly parts: GrantRequestsParts) {
    this.#reading = readingOf(parts.endpoint, parts.refresh);
  }

  /** Makes one token request, and reports how it ended. */
  async tokens(
    make: MakeRequest,
    target: TokenTarget,
    call: AttemptCall,
    grant: RequestedGrant,
  ): Promise<TokenSet> {
    const { client, host, provider } = this.parts;
    const { clock } = client;
    const startedAt = instant(clock);
    const report = (end: Pick<TokenRequestEvent, 'outcome' | 'error' | 'grant'>) =>
      call.onTokenRequest?.({
        type: 'token_request.ended',
        grantType: grant.grantType,
        startedAt: startedAt.wall,
        durationMs: clock.monotonic() - startedAt.monotonic,
        host,
        clockSkew: client.clockSkew,
        ...end,
      });
    try {
      const { tokens, facts } = await this.#ask(make, target, call, grant);
      report({ outcome: 'ok', grant: facts });
      return tokens;
    } catch (error) {
      const failure = error instanceof RefreshTokenOnly ? error.failure : error;
      if (failure instanceof OAuth2ClientError) report(endOf(failure, provider));
      throw error;
    }
  }

  async #ask(
    make: MakeRequest,
    target: TokenTarget,
    call: AttemptCall,
    { refreshed }: RequestedGrant,
  ): Promise<{ readonly tokens: TokenSet; readonly facts: GrantFacts }> {
    const { response, failure, sentAt: startedAt } = await this.parts.client.ask(make, call);
    const requested = scopeNames(this.parts.endpoint, target);
    const context = {
      ...this.#reading,
      before: refreshed?.before,
      startedAt,
      requestedScope: requested.join(' ') || undefined,
      secrets: failure.secrets,
    };
    const result = reading(failure, response, () => readTokens(response, context));
    if (result.ok) {
      if (result.doubt) this.parts.warnings.lifetime(result.doubt);
      if (result.extraCut) this.parts.warnings.extraCut();
      const { tokens, lifetime } = result;
      const missingScope = requested.filter((name) => !names(tokens.scope).includes(name));
      return { tokens, facts: { lifetime, missingScope } };
    }
    const error = unreadable(failure, response, result);
    throw result.rest && refreshed ? new RefreshTokenOnly(error, result.rest, startedAt) : error;
  }
}

/** What a definition says about reading token responses. */
function readingOf(endpoint: TokenEndpoint, refresh: RefreshDefinition | undefined) {
  return {
    mapping: mappingOf(endpoint),
    scheme: schemeOf(endpoint.use),
    prolongs: refresh?.prolongs === true,
    scopeSeparator: endpoint.scopeSeparator ?? ' ',
    lifetime: {
      format: endpoint.lifetimeFormat ?? 'seconds',
      default: endpoint.defaultLifetime,
      cap: endpoint.maxLifetime,
    },
    requiredScope: names(endpoint.requiredScope),
    refreshable: refresh !== undefined,
  } satisfies Partial<ReadingContext>;
}

/** The mapping of a response. It also captures the base URL of the API, so that `extra` always has it. */
function mappingOf({ response, baseURLFrom }: TokenEndpoint): ResponseDefinition | undefined {
  const [name] = typeof baseURLFrom === 'string' ? baseURLFrom.split('.') : [];
  if (name === undefined) return response;
  return { ...response, capture: { [name]: name, ...response?.capture } };
}

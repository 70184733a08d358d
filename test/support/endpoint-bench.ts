import type { AttemptCall } from '../../lib/core/attempts.js';
import { instant } from '../../lib/util/clock.js';
import type { OAuth2Event } from '../../lib/core/events.js';
import { RefreshTokenFamilies } from '../../lib/account/refresh-token-family.js';
import { TokenProvider, type TokenProviderParts } from '../../lib/lifecycle/token-provider.js';
import type { TokenSet } from '../../lib/core/token-set.js';
import type { TokenTarget } from '../../lib/core/token-target.js';
import { axiosTransport } from '../../lib/http/axios-transport.js';
import type { TokenEndpoint } from '../../lib/oauth2/token-endpoint.js';
import { TokenEndpointSource } from '../../lib/oauth2/token-endpoint-source.js';
import type { Transport, TransportResponse, TransportRequest } from '../../lib/oauth2/transport.js';
import { identityOf } from '../../lib/providers/account-identity.js';
import { CLIENT_ID, CLIENT_SECRET } from './acme.js';
import { HastyClock } from './manual-clock.js';

export type EndpointOptions = Partial<TokenEndpoint>;

/** The token endpoint of a vendor, asked with client credentials unless told otherwise. */
export function endpointOf(
  vendor: { readonly url: string },
  options: EndpointOptions = {},
): TokenEndpoint {
  const tokenEndpoint = `${vendor.url}/token`;
  return { tokenEndpoint, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, ...options };
}

/** A provider of a token endpoint, on a clock that skips the pauses between attempts. */
export class EndpointBench {
  readonly clock = new HastyClock();
  readonly events: OAuth2Event[] = [];
  readonly provider: TokenProvider;
  readonly #source: TokenEndpointSource;

  constructor(
    vendor: { readonly url: string },
    options: EndpointOptions = {},
    {
      transport = axiosTransport(),
      ...parts
    }: Partial<TokenProviderParts> & { transport?: Transport } = {},
  ) {
    const endpoint = endpointOf(vendor, options);
    const { clock } = this;
    const emit = (event: OAuth2Event) => void this.events.push(event);
    this.#source = new TokenEndpointSource('acme', endpoint, {
      transport,
      clock,
      emit,
      identityOf,
    });
    this.provider = new TokenProvider({
      name: 'acme',
      source: this.#source,
      clock,
      random: () => 0,
      emit,
      deadline: 10_000,
      forcedRenewalInterval: 10_000,
      accountLimit: 10_000,
      families: new RefreshTokenFamilies(),
      ...parts,
    });
  }

  /** One token request, without the attempts, the back-off and the memory of a provider. */
  async ask(target: TokenTarget = {}, refreshToken?: string): Promise<TokenSet> {
    const { login, refresh } = await this.#source.prepare(target);
    const attempt = refreshToken === undefined ? login : refresh?.(refreshToken, undefined);
    if (!attempt) throw new Error('there is no such grant');
    return attempt.run(unhurried(), instant(this.clock));
  }
}

/** A call that may take its time. */
export function unhurried(): AttemptCall {
  const { signal } = new AbortController();
  return { signal, requestSignal: signal, deadline: Infinity };
}

/** A transport whose answers a test writes, and which keeps what it was asked. */
export function scriptedTransport(
  answer: (request: TransportRequest) => Partial<TransportResponse> | Promise<never>,
): Transport & { readonly requests: TransportRequest[] } {
  const requests: TransportRequest[] = [];
  const transport: Transport = async (request) => {
    requests.push(request);
    return { status: 200, headers: {}, body: '', ...(await answer(request)) };
  };
  return Object.assign(transport, { requests });
}

/** A JSON answer with a token, and whatever else. */
export function granted(members: object = {}): Partial<TransportResponse> {
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ access_token: 'token', token_type: 'Bearer', ...members }),
  };
}

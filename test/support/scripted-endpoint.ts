import type { TokenProviderParts } from '../../lib/lifecycle/token-provider.js';
import type { TransportResponse, TransportRequest } from '../../lib/oauth2/transport.js';
import {
  EndpointBench,
  granted,
  scriptedTransport,
  type EndpointOptions,
} from './endpoint-bench.js';

export type Script = (request: TransportRequest) => Partial<TransportResponse> | Promise<never>;

/** Where the vendor of a {@link ScriptedEndpoint} would be. */
export const AUTH = 'https://auth.acme.example';

/** A provider whose vendor is nowhere: a test writes its answers and reads what it was asked. */
export class ScriptedEndpoint extends EndpointBench {
  readonly requests: readonly TransportRequest[];

  constructor(
    options: EndpointOptions,
    answer: Script = () => granted(),
    parts: Partial<TokenProviderParts> = {},
  ) {
    const transport = scriptedTransport(answer);
    super({ url: AUTH }, options, { transport, ...parts });
    this.requests = transport.requests;
  }

  get latest(): TransportRequest {
    const request = this.requests.at(-1);
    if (!request) throw new Error('nothing was asked');
    return request;
  }

  /** The paths that were asked, in order. */
  get paths(): string[] {
    return this.requests.map(({ url }) => new URL(url).pathname);
  }
}

/** The request that one login makes. */
export async function requestOf(
  options: EndpointOptions,
  ...ask: Parameters<EndpointBench['ask']>
): Promise<TransportRequest> {
  const bench = new ScriptedEndpoint(options);
  await bench.ask(...ask);
  return bench.latest;
}

/** An answer in JSON. */
export function json(body: unknown, status = 200): Partial<TransportResponse> {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: JSON.stringify(body) };
}

/** The members of a form. */
export function formOf({ body }: Pick<TransportRequest, 'body'>): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(typeof body === 'string' ? body : ''));
}

/** What stands in the URL after its path. */
export function queryOf({ url }: Pick<TransportRequest, 'url'>): Record<string, string> {
  return Object.fromEntries(new URL(url).searchParams);
}

/** A vendor that knows no clients, whose login its own page describes. */
export const CUSTOM = {
  grantType: 'custom',
  clientId: undefined,
  clientSecret: undefined,
} as const satisfies EndpointOptions;

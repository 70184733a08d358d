import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Client, Context, Provider } from 'oidc-provider';

import { defineProvider, type ProviderDefinition } from '../../lib/index.js';
import { LoopbackServer } from '../../lib/testing/loopback-server.js';
import type { Answer, Received } from './fake-vendor.js';
import { ProtectedApp, type Check } from './protected-app.js';

/** An API that gets opaque tokens, which it introspects. */
export const LEDGER = 'https://ledger.example/';
/** An API that gets JWTs, which it verifies with the keys of the server. */
export const REPORTS = 'https://reports.example/';

/** What a client is registered with (RFC 7591 §2). */
export type ClientMetadata = Readonly<Record<string, unknown>> & { readonly client_id: string };

/** One request that the token endpoint granted or refused. */
export interface TokenRequest {
  readonly parameters: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
  /** Why it was refused. */
  readonly error: string | undefined;
}

/** The client under which the API introspects tokens. */
const API_CLIENT = { client_id: 'api', client_secret: 'introspection-9Xw2LqPz' };

const NOT_LIVE: Answer = {
  status: 401,
  headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
  body: {},
};

/** A certified OpenID provider on loopback, which keeps everything in memory. */
export class OidcServer {
  /** What the token endpoint was asked, in order. */
  readonly tokenRequests: TokenRequest[] = [];
  readonly #keys: ReturnType<typeof createRemoteJWKSet>;

  private constructor(
    readonly provider: Provider,
    readonly url: string,
    private readonly listener: LoopbackServer,
  ) {
    this.#keys = createRemoteJWKSet(new URL(`${url}/jwks`));
    provider.on('grant.success', (ctx) => this.#note(ctx));
    provider.on('grant.error', (ctx, error) => this.#note(ctx, error));
  }

  static async start(clients: readonly ClientMetadata[]): Promise<OidcServer> {
    const listener = await LoopbackServer.start();
    const { url } = listener;
    const provider = await asAtHome(async () => {
      const { Provider } = await import('oidc-provider');
      return new Provider(url, configuration(clients));
    });
    listener.serve(provider.callback());
    return new OidcServer(provider, url, listener);
  }

  /** An app that is one of its clients. */
  connect(
    client: Readonly<Record<string, unknown>>,
    check: Check = this.introspecting,
  ): Promise<ProtectedApp> {
    const common = { name: 'acme', tokenEndpoint: `${this.url}/token` };
    return ProtectedApp.start(check, (api) =>
      defineProvider({ ...common, ...api, ...client } as ProviderDefinition),
    );
  }

  /** How an API answers that asks the server about each token (RFC 7662). */
  readonly introspecting = async ({ token }: Received): Promise<Answer> => {
    const claims = await this.introspect(token);
    return claims['active'] === true ? { body: claims } : NOT_LIVE;
  };

  /** How an API answers that verifies JWTs itself (RFC 9068). */
  readonly verifying = async ({ token }: Received): Promise<Answer> =>
    jwtVerify(token ?? '', this.#keys, { issuer: this.url, audience: REPORTS, typ: 'at+jwt' }).then(
      ({ payload }) => ({ body: payload }),
      () => NOT_LIVE,
    );

  async introspect(token = ''): Promise<Record<string, unknown>> {
    const response = await fetch(`${this.url}/token/introspection`, {
      method: 'POST',
      body: new URLSearchParams({ ...API_CLIENT, token }),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  /** Asks for a token past the library, as anyone could who has the credentials. */
  async ask(parameters: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
    const body = new URLSearchParams(parameters);
    const response = await fetch(`${this.url}/token`, { method: 'POST', body });
    return (await response.json()) as Record<string, unknown>;
  }

  /** Makes a token one that the server does not know. */
  async forget(accessToken: string): Promise<void> {
    const { AccessToken, ClientCredentials } = this.provider;
    const found = await Promise.all([
      AccessToken.find(accessToken),
      ClientCredentials.find(accessToken),
    ]);
    for (const token of found) await token?.destroy();
  }

  /** What a user who agrees would have given a client by the authorization code grant. */
  async issueRefreshToken(clientId: string, scope: string): Promise<string> {
    const agreement = await this.#agreement(clientId, scope, 'ama');
    return new this.provider.RefreshToken({ ...agreement, gty: 'authorization_code' }).save();
  }

  async issueAccessToken(clientId: string, scope = '', accountId = 'ama'): Promise<string> {
    return new this.provider.AccessToken(await this.#agreement(clientId, scope, accountId)).save();
  }

  close(): Promise<void> {
    return this.listener.close();
  }

  async #agreement(clientId: string, scope: string, accountId: string): Promise<object> {
    const { Client, Grant } = this.provider;
    const grant = new Grant({ clientId, accountId });
    grant.addOIDCScope(scope);
    const [client, grantId] = [await Client.find(clientId), await grant.save()];
    return { client, accountId, grantId, scope };
  }

  #note({ headers, oidc }: Context, error?: Error): void {
    const sent = Object.entries(oidc.params ?? {}).filter(([, value]) => value !== undefined);
    this.tokenRequests.push({
      parameters: Object.fromEntries(sent) as TokenRequest['parameters'],
      authorization: headers.authorization,
      error: error?.message,
    });
  }
}

function configuration(clients: readonly ClientMetadata[]): object {
  const hour = 3_600;
  return {
    clients: [...clients, API_CLIENT].map((client) => ({
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_post',
      ...client,
    })),
    scopes: ['openid', 'offline_access', 'read', 'write'],
    rotateRefreshToken: true,
    findAccount: (_ctx: Context, accountId: string) => ({ accountId, claims: () => ({}) }),
    ttl: {
      AccessToken: hour,
      ClientCredentials: hour,
      IdToken: hour,
      RefreshToken: 24 * hour,
      Grant: 24 * hour,
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: isItsOwn },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => undefined,
        getResourceServerInfo,
      },
    },
  };
}

function isItsOwn(_ctx: Context, client: Client, token: { readonly clientId: string }): boolean {
  return token.clientId === client.clientId;
}

async function getResourceServerInfo(_ctx: Context, resource: string): Promise<object> {
  const format = new Map([
    [LEDGER, 'opaque'],
    [REPORTS, 'jwt'],
  ]).get(resource);
  if (format) return { scope: 'read write', accessTokenFormat: format, accessTokenTTL: 3_600 };
  const { errors } = await import('oidc-provider');
  throw new errors.InvalidTarget();
}

/**
 * It warns of development settings and of Node 20 on the console. And it wants plain objects, which
 * those of `structuredClone` are not: they are of another realm than the one that jest runs tests in.
 */
async function asAtHome<T>(work: () => Promise<T>): Promise<T> {
  const { warn } = console;
  const { structuredClone } = globalThis;
  console.warn = (...parts: unknown[]) => {
    if (!String(parts[0]).startsWith('oidc-provider WARNING')) warn(...parts);
  };
  globalThis.structuredClone = <V>(value: V) => JSON.parse(JSON.stringify(value)) as V;
  try {
    return await work();
  } finally {
    console.warn = warn;
    globalThis.structuredClone = structuredClone;
  }
}

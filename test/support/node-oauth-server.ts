import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

import OAuth2Server from '@node-oauth/oauth2-server';

import { defineProvider, type ProviderDefinition } from '../../lib/index.js';
import { LoopbackServer } from '../../lib/testing/loopback-server.js';
import type { Answer, Received } from './fake-vendor.js';
import { ProtectedApp } from './protected-app.js';

const { OAuthError, Request, Response } = OAuth2Server;
type Token = OAuth2Server.Token;

export interface RegisteredClient {
  readonly id: string;
  readonly secret: string;
  readonly grants: string[];
}

/** One request to the token endpoint, and how it was answered. */
export interface TokenRequest {
  readonly form: Readonly<Record<string, string>>;
  readonly status: number;
  readonly error: string | undefined;
}

/** What the server wants to be kept for it, in memory. */
export class TokenDatabase implements OAuth2Server.PasswordModel, OAuth2Server.RefreshTokenModel {
  readonly tokens: Token[] = [];

  constructor(
    private readonly clients: readonly RegisteredClient[],
    /** Passwords by user name. */
    private readonly users: Readonly<Record<string, string>>,
  ) {}

  async getClient(id: string, secret: string) {
    return this.clients.find((client) => client.id === id && client.secret === secret);
  }

  async getUser(username: string, password: string) {
    return this.users[username] === password && { name: username };
  }

  async getUserFromClient({ id }: OAuth2Server.Client) {
    return { name: id };
  }

  async saveToken(token: Token, client: OAuth2Server.Client, user: OAuth2Server.User) {
    const saved = { ...token, client, user };
    this.tokens.push(saved);
    return saved;
  }

  async getAccessToken(accessToken: string) {
    return this.tokens.find((token) => token.accessToken === accessToken);
  }

  async getRefreshToken(refreshToken: string) {
    const found = this.tokens.find((token) => token.refreshToken === refreshToken);
    return found && { ...found, refreshToken };
  }

  async validateScope(_user: object, _client: object, scope = ['read']) {
    return scope;
  }

  /** A refresh token is good for one time. */
  async revokeToken({ refreshToken }: OAuth2Server.RefreshToken) {
    const found = this.tokens.find((token) => token.refreshToken === refreshToken);
    if (found) delete found.refreshToken;
    return found !== undefined;
  }

  /** Makes an access token one that nobody knows. */
  forget(accessToken: string): void {
    const found = this.tokens.find((token) => token.accessToken === accessToken);
    if (found) found.accessToken = 'forgotten';
  }
}

/** An OAuth 2.0 server as many a vendor runs it, on loopback. */
export class NodeOAuthServer {
  /** What the token endpoint was asked, in order. */
  readonly tokenRequests: TokenRequest[] = [];
  readonly #oauth: OAuth2Server;

  private constructor(
    readonly database: TokenDatabase,
    private readonly listener: LoopbackServer,
  ) {
    this.#oauth = new OAuth2Server({ model: database, accessTokenLifetime: 3_600 });
    listener.serve((req, res) => void this.#serve(req, res));
  }

  static async start(database: TokenDatabase): Promise<NodeOAuthServer> {
    return new NodeOAuthServer(database, await LoopbackServer.start());
  }

  /** An app that is one of its clients. */
  connect(client: Readonly<Record<string, unknown>>): Promise<ProtectedApp> {
    const common = { name: 'acme', tokenEndpoint: `${this.listener.url}/oauth/token` };
    return ProtectedApp.start(this.authenticating, (api) =>
      defineProvider({ ...common, ...api, ...client } as ProviderDefinition),
    );
  }

  /** How an API answers that has the server look at each token. */
  readonly authenticating = async ({ headers, method }: Received): Promise<Answer> => {
    const request = new Request({ headers: plain(headers), method, query: {} });
    const response = new Response();
    return this.#oauth.authenticate(request, response).then(
      ({ user, scope }) => ({ body: { user: user['name'] as string, scope } }),
      () => ({ status: 401, headers: response.headers ?? {}, body: {} }),
    );
  };

  /** Asks for a token past the library, as anyone could who has the credentials. */
  async ask(form: Readonly<Record<string, string>>): Promise<Record<string, unknown>> {
    const body = new URLSearchParams(form);
    const response = await fetch(`${this.listener.url}/oauth/token`, { method: 'POST', body });
    return (await response.json()) as Record<string, unknown>;
  }

  close(): Promise<void> {
    return this.listener.close();
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const form = Object.fromEntries(new URLSearchParams(await text(req)));
    const headers = plain(req.headers);
    const request = new Request({ headers, method: req.method!, query: {}, body: form });
    const response = new Response();
    await this.#oauth.token(request, response).catch((error: unknown) => {
      if (!(error instanceof OAuthError)) throw error; // otherwise the response tells it
    });
    const { status = 500, body } = response as { status?: number; body?: { error?: string } };
    this.tokenRequests.push({ form, status, error: body?.error });
    res.writeHead(status, { 'content-type': 'application/json', ...response.headers });
    res.end(JSON.stringify(body));
  }
}

function plain(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

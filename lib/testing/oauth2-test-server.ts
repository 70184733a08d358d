import type { IncomingMessage, ServerResponse } from 'node:http';

import { IssuedTokens } from './issued-tokens.js';
import { LoopbackServer } from './loopback-server.js';
import type { OAuth2TestServerOptions } from './oauth2-test-server-options.js';
import { parameterOf, received, type ReceivedRequest } from './received-request.js';
import { TestEndpoint } from './test-endpoint.js';
import { send, faults, type TestResponse } from './test-response.js';

/**
 * An authorization server and the API that it protects, both at one origin on 127.0.0.1:
 *
 * ```ts
 * const server = await OAuth2TestServer.start();
 * server.api.respond({ body: ['a'] });
 * // … the app calls `${server.url}/payouts` with a token of `${server.url}/token`
 * expect(server.api.tokens).toEqual(['token-1']);
 * await server.close();
 * ```
 *
 * Without instructions, the token endpoint gives a numbered token to every request, and the API answers 200 with `{}`
 * if a request carries a token of this server, and 401 otherwise. No token ends by itself: use `revokeTokens()`.
 */
export class OAuth2TestServer {
  /** Answers the requests whose path ends with `tokenPath` of the options. */
  readonly tokenEndpoint = new TestEndpoint({
    name: 'token endpoint',
    refuse: () => undefined,
    respond: (request) => this.#logInOrRefresh(request),
    isIssued: (token) => this.tokens.isIssued(token),
  });
  /** All paths but that of the token endpoint. A request without a valid token gets 401, whatever `respond` says. */
  readonly api = new TestEndpoint({
    name: 'API',
    refuse: (request) => this.refuse(request),
    respond: () => ({ body: {} }),
    isIssued: (token) => this.tokens.isIssued(token),
  });
  readonly #http: LoopbackServer;
  readonly #options: OAuth2TestServerOptions;
  /** @internal */
  protected tokens!: IssuedTokens;

  /** @internal */
  protected constructor(http: LoopbackServer, options: OAuth2TestServerOptions) {
    this.#http = http;
    this.#options = options;
    this.reset();
    http.serve((request, response) => void this.#serve(request, response));
  }

  /** Starts a server. Close it when the test is over. */
  static async start(options: OAuth2TestServerOptions = {}): Promise<OAuth2TestServer> {
    return new OAuth2TestServer(await LoopbackServer.start(options.port), options);
  }

  /** The origin of both, such as `http://127.0.0.1:40123`. */
  get url(): string {
    return this.#http.url;
  }

  /** The port on 127.0.0.1. */
  get port(): number {
    return this.#http.port;
  }

  /** Issues the next numbered access token, or one that the test has chosen. The API accepts it from now on. */
  issueToken(token?: string): string {
    return token === undefined ? this.tokens.next() : this.tokens.add(token);
  }

  /**
   * A token response with the next numbered token.
   *
   * @param members more members, or others
   */
  grant(members: object = {}): TestResponse {
    return {
      body: {
        access_token: this.issueToken(),
        token_type: 'Bearer',
        expires_in: 3600,
        ...this.#options.tokenResponse,
        ...members,
      },
    };
  }

  /** The API answers 401 to all access tokens that were issued so far. */
  revokeTokens(): void {
    this.tokens.live.clear();
  }

  /** The token endpoint answers `invalid_grant` to all refresh tokens but those of logins to come. */
  revokeRefreshTokens(): void {
    this.tokens.revokeRefreshTokens();
  }

  /**
   * Checks the expectations of both endpoints. It needs no test framework.
   *
   * @throws {Error} that lists the requests which were expected and did not arrive, and those which nobody expected
   */
  verify(): void {
    const problems = [...this.tokenEndpoint.problems, ...this.api.problems];
    if (problems.length === 0) return;
    throw new Error(
      `The requests differ from what the test expected:\n${problems.map((text) => `- ${text}`).join('\n')}\n` +
        '`requests` of each endpoint has everything that arrived.',
    );
  }

  /** Makes the server as it was at the start: no requests, no instructions, no expectations, no tokens. */
  reset(): void {
    const { tokenPrefix = 'token-', refreshTokens = 'none' } = this.#options;
    this.tokens = new IssuedTokens(tokenPrefix, refreshTokens);
    this.tokenEndpoint.reset();
    this.api.reset();
  }

  /** Stops the server and ends its connections. Call `verify()` yourself. */
  async close(): Promise<void> {
    await this.#http.close();
  }

  /** @internal */
  protected refuse({ token }: ReceivedRequest): TestResponse | undefined {
    if (token !== undefined && this.tokens.live.has(token)) return undefined;
    const headers = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
    return { status: 401, headers, body: {} };
  }

  #logInOrRefresh(request: ReceivedRequest): TestResponse {
    const sent = parameterOf(request, 'refresh_token');
    const members = sent === undefined ? this.tokens.logIn() : this.tokens.refresh(sent);
    return members ? this.grant(members) : faults.refused('invalid_grant');
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await received(message, this.tokens.isIssued).catch(() => undefined);
    if (!request) return; // the client has gone away
    const { tokenPath = '/token' } = this.#options;
    const endpoint = request.path.endsWith(tokenPath) ? this.tokenEndpoint : this.api;
    try {
      send(await endpoint.answer(request), response, message.socket);
    } catch (error) {
      response.writeHead(500).end();
      throw error; // of the test: its runner reports what nobody handles
    }
  }
}

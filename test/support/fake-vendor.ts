import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { LoopbackServer } from '../../lib/testing/loopback-server.js';
import { OAuth2TestServer } from '../../lib/testing/oauth2-test-server.js';
import type { ReceivedRequest } from '../../lib/testing/received-request.js';
import type { TestResponse } from '../../lib/testing/test-response.js';

export type Received = ReceivedRequest;

/** What to answer: parts of a response, or a function that has the socket to itself. */
export type Answer =
  Omit<TestResponse, 'raw'> | ((response: ServerResponse, socket: Socket) => void);

type Behaviour = (request: Received, count: number) => Answer | Promise<Answer>;

export const hang: Answer = () => {};
export const reset: Answer = (_response, socket) => void socket.resetAndDestroy();

/**
 * The server of the test kit, whose every answer a test decides with a function, also whether the API accepts a token.
 * Its API tells what it got, and its tokens are long enough to be searched for.
 */
export class FakeVendor extends OAuth2TestServer {
  readonly tokenRequests = this.tokenEndpoint.requests as Received[];
  readonly apiRequests = this.api.requests as Received[];
  /** How the token endpoint answers; `count` begins at 1. */
  onToken: Behaviour = () => this.grant();
  /** How the API answers. */
  onApi: Behaviour = (request) => this.protect(request);

  static override async start({ port }: { readonly port?: number } = {}): Promise<FakeVendor> {
    const vendor = new FakeVendor(await LoopbackServer.start(port), {
      tokenPrefix: 'access-token-number-',
    });
    const answer = async (answered: Answer | Promise<Answer>) => {
      const response = await answered;
      return typeof response === 'function' ? { raw: response } : response;
    };
    vendor.tokenEndpoint.respond((...request) => answer(vendor.onToken(...request)));
    vendor.api.respond((...request) => answer(vendor.onApi(...request)));
    return vendor;
  }

  get live(): Set<string> {
    return this.tokens.live;
  }

  /** What the API does: 200 with what it got, or 401. */
  protect(request: Received): Answer {
    const { method, path, text } = request;
    return super.refuse(request) ?? { body: { method, path, text } };
  }

  revokeAll(): void {
    this.revokeTokens();
  }

  protected override refuse(): undefined {
    return undefined;
  }
}

import {
  matches,
  summary,
  type ExpectedRequest,
  type ReceivedRequest,
} from './received-request.js';
import type { Responder, TestResponse } from './test-response.js';

interface Expectation {
  readonly expected: ExpectedRequest;
  readonly response: TestResponse | Responder | undefined;
}

/** How an endpoint behaves when a test has said nothing. */
export interface Behaviour {
  /** What the problems of `verify()` call it. */
  readonly name: string;
  /** Refuses a request before anything else happens; `undefined` lets it pass. */
  readonly refuse: (request: ReceivedRequest) => TestResponse | undefined;
  readonly respond: Responder;
  /** Whether a token is one of the server, and so no secret. */
  readonly isIssued: (token: string) => boolean;
}

/** One half of an `OAuth2TestServer`: its token endpoint or its API. It keeps what arrives, and a test says what it answers. */
export class TestEndpoint {
  readonly #requests: ReceivedRequest[] = [];
  readonly #behaviour: Behaviour;
  #respond: TestResponse | Responder;
  #next: (TestResponse | Responder)[] = [];
  #open: Expectation[] = [];
  #hasExpectations = false;
  #unexpected: ReceivedRequest[] = [];
  #held: Promise<unknown> = Promise.resolve();
  readonly #releases: (() => void)[] = [];
  readonly #watchers: { readonly number: number; readonly resolve: () => void }[] = [];

  /** @internal */
  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
    this.#respond = behaviour.respond;
  }

  /** All requests so far, oldest first. */
  get requests(): readonly ReceivedRequest[] {
    return this.#requests;
  }

  /** The tokens that the requests carried, oldest first. */
  get tokens(): (string | undefined)[] {
    return this.requests.map(({ token }) => token);
  }

  /** Answers all requests in this way from now on. Without an argument, the endpoint works again as at the start. */
  respond(response: TestResponse | Responder = this.#behaviour.respond): void {
    this.#respond = response;
  }

  /** Answers the next request in this way. Several calls answer several requests, in this order. */
  respondOnce(response: TestResponse | Responder): void {
    this.#next.push(response);
  }

  /**
   * Says that a request will come. Each expectation is met by one request, in any order. As soon as an endpoint has
   * one, every request must meet one. `verify()` of the server fails otherwise.
   *
   * @param response answers the request. Default: what the endpoint would answer anyway
   */
  expect(expected: ExpectedRequest, response?: TestResponse | Responder): void {
    this.#open.push({ expected, response });
    this.#hasExpectations = true;
  }

  /** Keeps all responses back until the returned function is called: a slow server without a slow test. */
  hold(): () => void {
    let release = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    this.#held = Promise.all([this.#held, gate]);
    this.#releases.push(release);
    return release;
  }

  /**
   * Resolves to a request as soon as it has arrived, also if its response is kept back.
   *
   * @param number the first request has the number 1
   */
  async arrival(number: number): Promise<ReceivedRequest> {
    if (this.requests.length < number) {
      await new Promise<void>((resolve) => this.#watchers.push({ number, resolve }));
    }
    return this.requests[number - 1]!;
  }

  /** What `verify()` has to say. @internal */
  get problems(): string[] {
    const { name, isIssued } = this.#behaviour;
    return [
      ...this.#open.map(({ expected }) => `did not arrive: ${summary(expected, isIssued)}`),
      ...this.#unexpected.map((request) => `was not expected: ${summary(request, isIssued)}`),
    ].map((problem) => `${name}: ${problem}`);
  }

  /** @internal */
  reset(): void {
    for (const release of this.#releases.splice(0)) release();
    this.#requests.length = 0;
    this.#respond = this.#behaviour.respond;
    this.#next = [];
    this.#open = [];
    this.#hasExpectations = false;
    this.#unexpected = [];
  }

  /** @internal */
  async answer(request: ReceivedRequest): Promise<TestResponse> {
    const number = this.#requests.push(request);
    for (const watcher of this.#watchers) if (watcher.number <= number) watcher.resolve();
    await this.#held;
    const refusal = this.#behaviour.refuse(request);
    if (refusal) return refusal;
    const response = this.#expected(request) ?? this.#next.shift() ?? this.#respond;
    return typeof response === 'function' ? response(request, number) : response;
  }

  /** The response of the expectation that a request meets, if it has one. */
  #expected(request: ReceivedRequest): TestResponse | Responder | undefined {
    if (!this.#hasExpectations) return undefined;
    const index = this.#open.findIndex(({ expected }) => matches(request, expected));
    if (index < 0) {
      this.#unexpected.push(request);
      return undefined;
    }
    return this.#open.splice(index, 1)[0]?.response;
  }
}

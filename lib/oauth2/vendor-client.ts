import { randomUUID } from 'node:crypto';

import { instant, type Clock, type Instant } from '../util/clock.js';
import { printable } from '../util/redaction.js';
import { shownComputedUrl, shownUrl } from '../util/urls.js';
import { abandonable } from '../util/waiting.js';
import type { AttemptCall } from '../core/attempts.js';
import type { EventListener } from '../core/events.js';
import { notComputed } from './definition-functions.js';
import type { MakeRequest, VendorRequest } from './protocol.js';
import type { Moment } from './request-definition.js';
import type { RequestSummary } from './request-summary.js';
import type { ResponseDefinition } from './response-definition.js';
import { allFrom, matches, readFrom, readMember, violated } from './selector.js';
import {
  limitReached,
  refused,
  unreachable,
  unread,
  type FailureContext,
} from './token-failure.js';
import { prepareRequest, type PreparedRequest } from './token-request.js';
import { TransportError, type Transport } from './transport.js';
import { LimitReached, VendorQueue, type Limits } from './vendor-queue.js';
import { clockSkew, parseResponse, type VendorResponse } from './vendor-response.js';

/** What the requests of one provider to its vendor are made with. */
export interface VendorClientParts {
  readonly provider: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly emit: EventListener;
  readonly limits: Limits;
}

/** A successful response, and what an error needs if the response turns out to be of no use. */
export interface Success {
  readonly response: VendorResponse;
  readonly failure: FailureContext;
  /** When the request was sent. The life of a token begins here. */
  readonly sentAt: Instant;
}

/** Sends requests to a vendor, and tells successes from failures. */
export class VendorClient {
  readonly #queue: VendorQueue | undefined;
  /** Seconds by which the clock of the vendor is ahead, as `clockSkew()` says. */
  clockSkew: number | undefined = undefined;

  constructor(private readonly parts: VendorClientParts) {
    const { limits, clock } = parts;
    if (limits.quota ?? limits.concurrency) this.#queue = new VendorQueue(limits, clock);
  }

  get clock(): Clock {
    return this.parts.clock;
  }

  moment(): Moment {
    return { now: this.parts.clock.now(), id: randomUUID() };
  }

  /** @throws {OAuth2ClientError} for everything that is not a success */
  async ask(make: MakeRequest, call: AttemptCall): Promise<Success> {
    const { clock } = this.parts;
    const prepared = await abandonable(this.#prepare(make), call.signal);
    const failure = this.#failureOf(prepared, call);
    const endTurn = this.#queue && (await turnIn(this.#queue, failure, call));
    const sentAt = instant(clock);
    const response = await this.#send(prepared, failure, call).finally(endTurn);
    this.#noticeSkew(response);
    const isGood = reading(failure, response, () => isSuccess(failure, response));
    if (!isGood) throw refused(failure, response);
    return { response, failure, sentAt };
  }

  /** Everything that a definition computes is computed here. */
  async #prepare(make: MakeRequest) {
    try {
      const made = make(this.moment());
      const { url, definition, parts, context, pathOf } = made;
      const prepared = await prepareRequest(url, definition, parts, context, pathOf);
      return { ...made, ...prepared };
    } catch (error) {
      throw notComputed(this.parts.provider, error);
    }
  }

  #failureOf(prepared: VendorRequest & PreparedRequest, call: AttemptCall): FailureContext {
    const { provider, clock } = this.parts;
    const { what, mapping, isCareful = false } = prepared;
    const { url } = prepared.request;
    const secrets = [...prepared.secrets, ...(call.secrets ?? [])];
    const summary = summaryOf(prepared, secrets);
    return { provider, what, url, summary, secrets, now: clock.now(), mapping, isCareful };
  }

  async #send(
    { request }: PreparedRequest,
    failure: FailureContext,
    { signal, requestSignal, mayBeSent }: AttemptCall,
  ): Promise<VendorResponse> {
    signal.throwIfAborted();
    try {
      return parseResponse(await this.parts.transport(request, requestSignal, mayBeSent));
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof TransportError ? unreachable(failure, error) : error;
    }
  }

  /** Expiry counts from this machine's clock and is not affected. Assertions and absolute times are. */
  #noticeSkew(response: VendorResponse): void {
    const { provider, clock, emit } = this.parts;
    const seconds = clockSkew(response, clock.now());
    if (seconds === undefined) return;
    if (seconds !== 0 && !this.clockSkew) emit({ type: 'clock.skewed', provider, seconds });
    this.clockSkew = seconds;
  }
}

async function turnIn(
  queue: VendorQueue,
  failure: FailureContext,
  call: AttemptCall,
): Promise<() => void> {
  try {
    return await queue.turn(call);
  } catch (error) {
    throw error instanceof LimitReached ? limitReached(failure, error) : error;
  }
}

/**
 * Reads a response with functions of the definition, which may fail.
 *
 * @throws {OAuth2ClientError} `TOKEN_RESPONSE_INVALID`, naming the member
 */
export function reading<T>(context: FailureContext, response: VendorResponse, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unread(context, response, error);
  }
}

function summaryOf(
  request: VendorRequest & PreparedRequest,
  secrets: readonly string[],
): RequestSummary {
  const { path, pathOf, definition, grantType, clientAuthentication, url, encoding, sent } =
    request;
  const { scope, resource } = request.context;
  return {
    path,
    urlMember: pathOf('url'),
    responseMember: pathOf('response'),
    grantType,
    clientAuthentication,
    // Masking takes time, so it is left until a message needs it.
    get url() {
      return request.isUrlComputed ? shownComputedUrl(url, secrets) : shownUrl(url, secrets);
    },
    encoding,
    sent,
    get scope() {
      return scope && printable(scope, secrets);
    },
    get resource() {
      return printable(resource.join(' '), secrets);
    },
    isSigned: definition.sign !== undefined,
  };
}

function isSuccess({ mapping = {}, summary }: FailureContext, response: VendorResponse): boolean {
  const { success, failure } = mapping;
  const path = summary.responseMember;
  if (response.status < 200 || response.status >= 300) return false;
  if (failure && matches(response.body, failure)) return false;
  if (typeof success === 'function') {
    return Boolean(readMember(response, success, `${path}.success`));
  }
  if (success && violated(response.body, success) !== undefined) return false;
  return hasToken(response, mapping) || !isError(response, mapping, path);
}

/** An error response may have no place for a token, so a selector that fails finds none. */
function hasToken(
  response: VendorResponse,
  { accessToken = 'access_token' }: ResponseDefinition,
): boolean {
  try {
    return readFrom(response, accessToken) !== undefined;
  } catch {
    return false;
  }
}

/** Some servers answer 200 to a request that failed. The code 0 often means success. */
function isError(
  response: VendorResponse,
  { error = 'error' }: ResponseDefinition,
  path: string,
): boolean {
  return allFrom(response, error, `${path}.error`).some(
    (code) => (typeof code === 'string' || typeof code === 'number') && Number(code) !== 0,
  );
}

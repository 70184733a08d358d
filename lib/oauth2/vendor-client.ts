import { randomUUID } from 'node:crypto';

import type { AttemptCall } from '../core/attempts.js';
import { instant, type Clock, type Instant } from '../util/clock.js';
import type { TokenListener } from '../core/events.js';
import { printable } from '../util/redaction.js';
import { shownComputedUrl, shownUrl } from '../util/urls.js';
import type { ResponseDefinition } from './answer-definition.js';
import { parseAnswer, type VendorResponse } from './answer.js';
import { clockSkew } from './clock-skew.js';
import type { RequestPart } from './client-authentication.js';
import { abandonable } from '../util/waiting.js';
import { allFrom, matches, readFrom, readMember, violated } from './reader.js';
import type { Moment, RequestContext, RequestDefinition } from './request-definition.js';
import type { Asked } from './asked.js';
import type { FailureContext } from './token-failure.js';
import { notComputed } from './not-computed.js';
import { noTurn, reading, refused, unreachable } from './token-failure.js';
import { prepareRequest, type PreparedRequest } from './token-request.js';
import { TransportError, type Transport } from './transport.js';
import { NoTurn, VendorQueue, type Limits } from './vendor-queue.js';

/** What the requests of one provider to its vendor are made with. */
export interface VendorClientParts {
  readonly provider: string;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly emit: TokenListener;
  readonly limits: Limits;
}

/** One request to a vendor, as a definition says. */
export interface VendorRequest {
  /** What is asked, for errors. */
  readonly what: string;
  /** The members of the definition that say so, for errors. */
  readonly place: RequestPlace;
  readonly url: string;
  /** Whether a function has computed the URL, so that its path may hold a session or an account. */
  readonly isUrlComputed: boolean;
  readonly definition: RequestDefinition;
  /** Where a member of it stands in the definition of the provider, for errors. */
  readonly pathOf: (member: string) => string;
  /** What grant and client authentication put into it. */
  readonly parts: readonly RequestPart[];
  readonly answer: ResponseDefinition | undefined;
  readonly context: RequestContext;
  /** See {@link FailureContext.isCareful}. Default `false`. */
  readonly isCareful?: boolean | undefined;
}

/** Which members of a definition a request is made of. */
export type RequestPlace = Pick<Asked, 'path' | 'urlMember' | 'answerMember'> &
  Partial<Pick<Asked, 'grantType' | 'clientAuthentication'>>;

/** Makes a request when it is about to be sent. */
export type MakeRequest = (moment: Moment) => VendorRequest;

/** A successful answer, and what is needed to tell of one that is of no use nevertheless. */
export interface Success {
  readonly answer: VendorResponse;
  readonly failure: FailureContext;
  /** When the request left: the life of a token begins here. */
  readonly sentAt: Instant;
}

/** Asks a vendor, and tells a success from a failure. */
export class VendorClient {
  readonly #queue: VendorQueue | undefined;
  #skewed = false;

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
    const { provider, clock } = this.parts;
    const prepared = await abandonable(this.#prepare(make), call.signal);
    const { what, answer: places, isCareful = false } = prepared;
    const { url } = prepared.request;
    const secrets = [...prepared.secrets, ...(call.secrets ?? [])];
    const asked = askedOf(prepared, secrets);
    const failure = { provider, what, url, asked, secrets, now: clock.now(), places, isCareful };
    const endTurn = await this.#turn(failure, call);
    const sentAt = instant(clock);
    const answer = await this.#send(prepared, failure, call).finally(endTurn);
    this.#noticeSkew(answer);
    const isGood = reading(failure, answer, () => isSuccess(failure, answer));
    if (!isGood) throw refused(failure, answer);
    return { answer, failure, sentAt };
  }

  async #turn(failure: FailureContext, call: AttemptCall): Promise<() => void> {
    try {
      return (await this.#queue?.turn(call)) ?? (() => {});
    } catch (error) {
      throw error instanceof NoTurn ? noTurn(failure, error) : error;
    }
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

  async #send(
    { request }: PreparedRequest,
    failure: FailureContext,
    { signal, requestSignal, mayBeSent }: AttemptCall,
  ): Promise<VendorResponse> {
    signal.throwIfAborted();
    try {
      return parseAnswer(await this.parts.transport(request, requestSignal, mayBeSent));
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof TransportError ? unreachable(failure, error) : error;
    }
  }

  /** Expiry is unaffected: it counts from our own clock. Assertions and absolute instants are not. */
  #noticeSkew(answer: VendorResponse): void {
    const { provider, clock, emit } = this.parts;
    const seconds = clockSkew(answer, clock.now());
    if (seconds === undefined) return;
    const skewed = seconds !== 0;
    if (skewed && !this.#skewed) emit({ type: 'clock skew', provider, seconds });
    this.#skewed = skewed;
  }
}

function askedOf(
  {
    place,
    context,
    definition,
    encoding,
    sent,
    url,
    isUrlComputed,
  }: VendorRequest & PreparedRequest,
  secrets: readonly string[],
): Asked {
  const { scope, resource } = context;
  const { grantType, clientAuthentication } = place;
  return {
    ...place,
    grantType,
    clientAuthentication,
    url: isUrlComputed ? shownComputedUrl(url, secrets) : shownUrl(url, secrets),
    encoding,
    sent,
    scope: scope && printable(scope, secrets),
    resource: printable(resource.join(' '), secrets),
    isSigned: definition.sign !== undefined,
  };
}

function isSuccess({ places = {}, asked }: FailureContext, answer: VendorResponse): boolean {
  const { success, failure } = places;
  if (answer.status < 200 || answer.status >= 300) return false;
  if (failure && matches(answer.body, failure)) return false;
  if (typeof success === 'function') {
    return Boolean(readMember(answer, success, `${asked.answerMember}.success`));
  }
  if (success && violated(answer.body, success) !== undefined) return false;
  return hasToken(answer, places) || !isError(answer, places, asked.answerMember);
}

/** A token is not looked for where errors are, and a reader of it may well fail there. */
function hasToken(
  answer: VendorResponse,
  { accessToken = 'access_token' }: ResponseDefinition,
): boolean {
  try {
    return readFrom(answer, accessToken) !== undefined;
  } catch {
    return false;
  }
}

/** Some servers answer 200 to a request that failed; 0 is what many call a success. */
function isError(
  answer: VendorResponse,
  { error = 'error' }: ResponseDefinition,
  path: string,
): boolean {
  return allFrom(answer, error, `${path}.error`).some(
    (code) => (typeof code === 'string' || typeof code === 'number') && Number(code) !== 0,
  );
}

import type { Answer, Received } from '../../support/fake-vendor.js';
import type { Simulation } from '../simulation.js';
import { deviation, type Expected } from './matching.js';

export { deviation, type Expected, type JsonMatch, type Match } from './matching.js';

/** What a vendor has given out with one login or refresh. */
export interface Issued {
  readonly token: string;
  readonly refreshToken: string;
  /** Counts from 1. */
  readonly number: number;
  /** How often it has been renewed since the login. */
  readonly renewals: number;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A request that the vendor knows, and what it answers to it. */
interface Exchange {
  readonly request: Expected | (() => Expected);
  readonly answer: (issued: Issued, request: Received) => Answer;
}

/** A request of a chain, or one that ends a session: nothing is issued for it. */
export interface Step {
  readonly request: Expected | (() => Expected);
  readonly answer: (request: Received) => Answer;
  /** Wrong credentials are noticed here, not at the login. */
  readonly refuses?: boolean;
}

export interface VendorFacts extends Pick<
  Simulation,
  'lifetime' | 'secrets' | 'probe' | 'singleUse'
> {
  readonly login: Exchange;
  /** The request that spends what was issued before. */
  readonly refresh?: {
    readonly request: (spent: Issued) => Expected;
    readonly answer: Exchange['answer'];
    /** Renewals after which a login is needed. Default: no limit. */
    readonly limit?: number;
    /** The refresh token is good for more than one renewal. Default `false`. */
    readonly reusable?: boolean;
    /** The token stays what it is, only its life begins anew, if it is not over. Default `false`. */
    readonly extends?: boolean;
  };
  readonly steps?: readonly Step[];
  /** What is answered to wrong credentials. Default: 401 `invalid_client`. */
  readonly refusal?: Answer;
  /** A request to the API. Default: `GET` of the probe path with `Authorization: Bearer`. */
  readonly api?: (issued: Issued) => Expected;
  /** What the API answers with a good token. */
  readonly served?: Answer;
  /** What it answers with one that has expired. Default: 401. */
  readonly expired?: Answer;
  /** How tokens look. Default `access-<number>-…`. */
  readonly mint?: (number: number, expiresAt: number) => string;
  /** Milliseconds since the epoch: what `simulate` gets. Without it no token expires by itself. */
  readonly now?: () => number;
}

const REFUSAL: Answer = { status: 401, body: { error: 'invalid_client' } };
const EXPIRED: Answer = { status: 401, body: { message: 'expired' } };
const SERVED: Answer = { body: { served: true } };

/** Plays a vendor as its facts say, and refuses everything else. */
export function simulation(facts: VendorFacts): Simulation {
  const vendor = new SimulatedVendor(facts);
  const { lifetime, secrets, probe = '/probe', singleUse = false, refresh } = facts;
  return {
    authorize: (request) => vendor.authorize(request),
    serve: (request) => vendor.serve(request),
    logins: () => vendor.logins,
    refreshes: () => vendor.refreshes,
    expireTokens: () => vendor.live.clear(),
    refuseLogins: () => void (vendor.refusing = true),
    canRefresh: refresh !== undefined && !refresh.extends,
    canExtend: refresh?.extends ?? false,
    ...{ lifetime, secrets, probe, singleUse },
  };
}

class SimulatedVendor {
  logins = 0;
  refreshes = 0;
  refusing = false;
  /** Tokens that the API takes. */
  readonly live = new Set<string>();
  readonly #refreshable = new Set<string>();
  readonly #issued: Issued[] = [];

  constructor(private readonly facts: VendorFacts) {}

  authorize(request: Received): Answer | undefined {
    const deviations: string[] = [];
    for (const attempt of this.#attempts()) {
      const expected = typeof attempt.request === 'function' ? attempt.request() : attempt.request;
      if (expected.path !== request.path) continue;
      const problem = deviation(request, expected);
      if (problem === undefined) return attempt.run(request);
      deviations.push(problem);
    }
    return deviations.length > 0 ? refused(deviations) : undefined;
  }

  serve(request: Received): Answer {
    const { probe = '/probe', served = SERVED, expired = EXPIRED, singleUse } = this.facts;
    const {
      api = ({ token }: Issued): Expected => ({
        method: 'GET',
        path: probe,
        headers: { authorization: `Bearer ${token}` },
      }),
    } = this.facts;
    const problems = this.#issued.map((issued) => deviation(request, api(issued)));
    const issued = this.#issued[problems.lastIndexOf(undefined)];
    if (!issued) return refused([problems.at(-1) ?? `no token was ever issued: ${request.path}`]);
    if (!this.live.has(issued.token) || this.#now() >= issued.expiresAt) return expired;
    if (singleUse) this.live.delete(issued.token);
    return served;
  }

  #attempts(): { request: Exchange['request']; run: (request: Received) => Answer }[] {
    const { login, refresh, steps = [], refusal = REFUSAL } = this.facts;
    const refusesAtLogin = !steps.some(({ refuses }) => refuses);
    const renewals = this.#issued.filter((issued) => this.#isRenewable(issued));
    return [
      ...steps.map(({ request, answer, refuses }) => ({
        request,
        run: (received: Received) => (this.refusing && refuses ? refusal : answer(received)),
      })),
      {
        request: login.request,
        run: (received) =>
          this.refusing && refusesAtLogin ? refusal : login.answer(this.#logIn(), received),
      },
      ...(refresh ? renewals : []).map((spent) => ({
        request: () => refresh!.request(spent),
        run: (received: Received) => refresh!.answer(this.#renew(spent), received),
      })),
    ];
  }

  #isRenewable({ token, refreshToken, expiresAt, renewals }: Issued): boolean {
    const { limit = Infinity, extends: extended } = this.facts.refresh ?? {};
    if (!extended) return renewals < limit && this.#refreshable.has(refreshToken);
    return this.live.has(token) && this.#now() < expiresAt;
  }

  #logIn(): Issued {
    this.logins++;
    return this.#issue();
  }

  #renew(spent: Issued): Issued {
    const { reusable, extends: extended } = this.facts.refresh!;
    this.refreshes++;
    if (!reusable && !extended) this.#refreshable.delete(spent.refreshToken);
    return this.#issue({
      renewals: spent.renewals + 1,
      ...(extended && { token: spent.token }),
      ...((reusable || extended) && { refreshToken: spent.refreshToken }),
    });
  }

  #issue(kept: Partial<Issued> = {}): Issued {
    const { mint = (number) => `access-${number}-Zt5mVq8LxW`, lifetime } = this.facts;
    const number = this.#issued.length + 1;
    const issuedAt = this.#now();
    const expiresAt = issuedAt + lifetime * 1_000;
    const token = mint(number, expiresAt);
    const refreshToken = `refresh-${number}-Gk4bNc7RyD`;
    const issued = { token, refreshToken, number, renewals: 0, issuedAt, expiresAt, ...kept };
    this.#issued.push(issued);
    this.live.add(issued.token);
    this.#refreshable.add(issued.refreshToken);
    return issued;
  }

  #now(): number {
    return this.facts.now?.() ?? 0;
  }
}

function refused(problems: readonly string[]): Answer {
  const error_description = problems.join('; ');
  return { status: 400, body: { error: 'invalid_request', error_description } };
}

/** An answer as RFC 6749 §5.1 has it, with whatever else the vendor says. */
export function bearer(issued: Issued, members: object = {}): Answer {
  return { body: { access_token: issued.token, token_type: 'Bearer', ...members } };
}

/** Value of an `Authorization` header of the Basic scheme. */
export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** A version 4 UUID (RFC 9562 §5.4). */
export const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

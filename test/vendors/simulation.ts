import type { ProviderDefinition } from '../../lib/index.js';
import type { Answer, Received } from '../support/fake-vendor.js';

/** What a simulated vendor says of itself, so that one test can try them all. */
export interface Simulation {
  /**
   * Answers a request to the authorization side (`undefined`: it is one to the API). Refuses whatever
   * the vendor would refuse: another method, encoding, parameter, header or credential.
   */
  readonly authorize: (request: Received) => Answer | undefined;
  /** Answers a request to the API: what the vendor answers with a good token, and with a bad one. */
  readonly serve: (request: Received) => Answer;
  /** Logins so far; renewals by refresh so far. */
  readonly logins: () => number;
  readonly refreshes: () => number;
  /** Makes every token issued so far one that the API no longer takes. */
  readonly expireTokens: () => void;
  /** From now on every login is refused, as the vendor refuses wrong credentials. */
  readonly refuseLogins: () => void;
  /** Seconds that a token lives, as the vendor's answer or page says. */
  readonly lifetime: number;
  /** Path of an API request that the simulation serves. Default `/probe`. */
  readonly probe?: string;
  /** Whether the vendor renews tokens without a login. Default `false`. */
  readonly canRefresh?: boolean;
  /** Whether it prolongs tokens, but only as long as they live. Default `false`. */
  readonly canExtend?: boolean;
  /** Whether each token is good for one request. Default `false`. */
  readonly singleUse?: boolean;
  /** The client signs its tokens itself: there is no login that could be refused. Default `false`. */
  readonly selfSigned?: boolean;
  /** Every secret that the declaration was given. */
  readonly secrets: readonly string[];
}

/** A vendor of the facts: `declarations/<name>.ts` declares it, `simulators/<name>.ts` plays it. */
export interface VendorCase {
  /** As in the facts. */
  readonly name: string;
  /** `server`: the origin of the simulated vendor, for its authorization server and its API. */
  readonly declare: (server: string) => ProviderDefinition;
  /** `now`: milliseconds since the epoch on the clock of the app, for what lives until an instant. */
  readonly simulate: (server: string, now: () => number) => Simulation;
}

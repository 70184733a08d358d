import type { Answer } from '../../support/fake-vendor.js';
import type { Simulation } from '../simulation.js';
import { deviation, type Expected } from './support.js';

/** A vendor without a token endpoint. */
export interface SelfSigning extends Pick<Simulation, 'lifetime' | 'secrets'> {
  readonly probe: string;
  /** Headers beside the token. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether a token is signed and says what it must. */
  readonly accepts: (token: string) => boolean;
}

const REFUSED: Answer = { status: 401, body: { message: 'JWT token is invalid' } };

/** Plays a vendor whose clients sign their tokens: what counts as a login is a token not seen before. */
export function selfSigning(facts: SelfSigning): Simulation {
  const { lifetime, secrets, probe, headers = {}, accepts } = facts;
  const seen = new Set<string>();
  const expired = new Set<string>();
  const expected: Expected = {
    method: 'GET',
    path: probe,
    headers: { ...headers, authorization: /^Bearer / },
  };
  return {
    authorize: () => undefined,
    serve: (request) => {
      const { token } = request;
      const message = deviation(request, expected);
      if (message !== undefined) return { status: 400, body: { message } };
      if (token === undefined || expired.has(token) || !accepts(token)) return REFUSED;
      seen.add(token);
      return { body: { served: true } };
    },
    logins: () => seen.size,
    refreshes: () => 0,
    expireTokens: () => void [...seen].map((token) => expired.add(token)),
    refuseLogins: () => {},
    selfSigned: true,
    ...{ lifetime, secrets, probe },
  };
}

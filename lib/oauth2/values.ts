import type { TokenSet } from '../core/token-set.js';
import type { VendorResponse } from './answer.js';
import { readFrom, valueAt, type Selector } from './reader.js';
import { ShowableError } from './definition-functions.js';
import type { CredentialName } from './credentials.js';
import { madeOf } from './constants.js';
import { digest, hmac, type DigestAlgorithm } from './computations.js';
import type { RequestContext, Scalar, Value } from './request-definition.js';
import { resolveParameter } from './request-values.js';

/**
 * Ready-made values of parameters and headers that are computed for each request. Within one request
 * each stays the same wherever it stands.
 */
export const values = {
  /** A fresh UUID. */
  uuid: madeOf(({ id }: Pick<RequestContext, 'id'>) => id),
  /** Now, in seconds since the epoch. */
  epochSeconds: madeOf(({ now }: Pick<RequestContext, 'now'>) => Math.floor(now / 1_000)),
  /** Now, in milliseconds since the epoch. */
  epochMilliseconds: madeOf(({ now }: Pick<RequestContext, 'now'>) => now),
  /** Now, as ISO 8601 in UTC with milliseconds. */
  isoDate: madeOf(({ now }: Pick<RequestContext, 'now'>) => new Date(now).toISOString()),
  /** The account that the token is for. */
  subject: madeOf(({ subject }: Pick<RequestContext, 'subject'>) => subject),
  /** The scope that is asked for, where a vendor wants it in another place than `scope`. */
  scope: madeOf(({ scope }: Pick<RequestContext, 'scope'>) => scope),
  /** The token that is renewed, revoked, or sent to the API. */
  accessToken: madeOf(({ accessToken }: Pick<RequestContext, 'accessToken'>) => accessToken),
  /** The refresh token that is spent or revoked. */
  refreshToken: madeOf(({ refreshToken }: Pick<RequestContext, 'refreshToken'>) => refreshToken),
  /** A credential of the definition, standard or under `credentials`. */
  credential: (name: CredentialName | (string & {})) =>
    madeOf(
      ({ credentials }: Pick<RequestContext, 'credentials'>) => credentials[name],
      'credential',
      name,
    ),
  /** A digest of constants and values joined, in lower-case hexadecimal. The request fails if one has no value. */
  digest: (algorithm: DigestAlgorithm, ...parts: readonly Value[]) => {
    const make = async (context: RequestContext) => digest(algorithm, await joined(parts, context));
    return madeOf(make, 'digest', algorithm, ...parts);
  },
  /** The same as an HMAC (RFC 2104). */
  hmac: (algorithm: DigestAlgorithm, key: string, ...parts: readonly Value[]) => {
    const make = async (context: RequestContext) =>
      hmac(algorithm, key, await joined(parts, context));
    return madeOf(make, 'hmac', algorithm, key, ...parts);
  },
  /**
   * Something that came with the token, in `extra` of its token set, by path: for API requests, refreshes,
   * revocations and the steps in `after`. Nothing, if it is not there.
   */
  extra: (path: string) => {
    const make = ({ tokens }: { tokens: TokenSet | undefined }) =>
      tokens && (valueAt(tokens.extra, path) as Scalar | undefined);
    return madeOf(make, 'extra', path);
  },
  /**
   * Something in the answer of an earlier step. The request fails if it is not there; `null` is left out. So it is in
   * a refresh, before which no step runs.
   */
  response: (step: string, place: Selector) => {
    const make = ({ responses }: { responses: Readonly<Record<string, VendorResponse>> }) => {
      const answer = responses[step];
      if (!answer) return undefined;
      const found = readFrom(answer, place);
      if (found !== undefined) return (found ?? undefined) as Scalar | undefined;
      const where = typeof place === 'string' ? ` at \`${place}\`` : ' at its place';
      throw new ShowableError(`the answer of the step \`${step}\` has nothing${where}`);
    };
    return madeOf(make, 'response', step, place);
  },
} as const;

async function joined(parts: readonly Value[], context: RequestContext): Promise<string> {
  const resolved = await Promise.all(parts.map((part) => resolveParameter(part, context)));
  const missing = resolved.indexOf(undefined);
  if (missing < 0) return resolved.map(String).join('');
  throw new ShowableError(
    `part ${missing + 1} of its \`values.digest\` or \`values.hmac\` has no value`,
  );
}

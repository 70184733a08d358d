import { bare } from '../util/bare.js';
import type { Options } from './option-checks.js';

/** A member that has no effect, or contradicts another one, beside some others. */
interface Exclusion {
  readonly member: string;
  readonly when: (beside: Options) => boolean;
  /** The end of the sentence that begins with the member. */
  readonly problem: string;
}

const isSaid = (value: unknown) => value !== undefined;

/** Of any request, wherever it stands. */
const OF_REQUESTS: readonly Exclusion[] = [
  {
    member: 'parameters',
    when: ({ body }) => isSaid(body),
    problem: 'must not stand beside `body`, which makes the whole body',
  },
  {
    member: 'parameters',
    when: ({ encoding }) => encoding === 'none',
    problem: "must not stand beside `encoding: 'none'`, with which they are not sent",
  },
  {
    member: 'encoding',
    when: ({ body, encoding }) => isSaid(body) && encoding !== 'none',
    problem: 'must not stand beside `body`, which makes the whole body; name its type in `headers`',
  },
];

/** RFC 6750 §2: a token must not travel in more than one way. */
const OF_USE: readonly Exclusion[] = [
  {
    member: 'cookie',
    when: ({ header }) => isSaid(header),
    problem: 'must not stand beside `header`: a token travels in one place',
  },
  {
    member: 'queryParameter',
    when: ({ header, cookie }) => isSaid(header) || isSaid(cookie),
    problem: 'must not stand beside `header` or `cookie`: a token travels in one place',
  },
  {
    member: 'scheme',
    when: ({ cookie, queryParameter, scheme }) =>
      scheme !== '' && (isSaid(cookie) || isSaid(queryParameter)),
    problem: 'has no effect beside `cookie` or `queryParameter`, in which the token stands alone',
  },
];

const notWith = (grant: string, credentials: readonly string[]): Exclusion[] =>
  credentials.map((member) => ({
    member,
    when: ({ grantType }) => grantType !== grant && grantType !== 'custom',
    problem: `has no effect unless \`grantType\` is '${grant}'; a credential that only a function needs belongs under \`credentials\``,
  }));

/** Of a definition as a whole. */
const OF_DEFINITIONS: readonly Exclusion[] = [
  ...OF_REQUESTS,
  ...notWith('password', ['username', 'password']),
  ...notWith('urn:ietf:params:oauth:grant-type:token-exchange', ['subjectToken', 'actorToken']),
  ...['refresh', 'refreshToken', 'refreshWindow'].map((member) => ({
    member,
    when: ({ singleUse, grantType, ...all }: Options) =>
      singleUse === true && grantType !== 'refresh_token' && all[member] !== 'never',
    problem: 'has no effect beside `singleUse`, with which every request logs in',
  })),
];

const EXCLUSIONS = { request: OF_REQUESTS, use: OF_USE, definition: OF_DEFINITIONS };

/** Why a member must not stand beside the others that are there; `undefined` if it may. */
export function exclusion(
  where: keyof typeof EXCLUSIONS,
  member: string,
  beside: Options,
): string | undefined {
  const said = bare(beside);
  return EXCLUSIONS[where].find((one) => one.member === member && one.when(said))?.problem;
}

/** The first member of an object that must not stand beside the others. */
export function excluded(where: keyof typeof EXCLUSIONS, members: Options): string | undefined {
  const name = Object.keys(members).find(
    (member) => isSaid(members[member]) && exclusion(where, member, members),
  );
  return name && `has \`${name}\`, which ${exclusion(where, name, members)}`;
}

import { isMadeHere } from '../../oauth2/credentials.js';
import { DIGEST_ALGORITHMS } from '../../oauth2/values.js';
import { constantsOf } from '../../oauth2/definition-functions.js';
import { CREDENTIALS, plain } from '../../oauth2/credentials.js';
import { values } from '../../oauth2/values.js';
import { didYouMean } from '../did-you-mean.js';
import type { FunctionsOf } from '../members/member.js';
import { isObject, type Options } from './options.js';
import { selector } from './selectors.js';

/** What the ready-made values in a request can refer to. */
interface Known {
  /** The steps that have run before it. */
  readonly steps: readonly string[];
  /** The ready-made values that are always `undefined` there. */
  readonly empty: Readonly<Record<string, unknown>>;
  /** Whether there is a token set, for `values.extra`. */
  readonly tokens: boolean;
}

const { accessToken, refreshToken, scope } = values;

type Single = Exclude<FunctionsOf, 'before' | 'after'>;

const KNOWN: Readonly<Record<Single, (definition: Options) => Known>> = {
  login: ({ before }) => ({ steps: stepsOf(before), empty: {}, tokens: false }),
  refresh: () => ({ steps: [], empty: {}, tokens: true }),
  revocation: () => ({ steps: [], empty: {}, tokens: true }),
  use: () => ({ steps: [], empty: { refreshToken, scope }, tokens: true }),
};

/**
 * Whether a member has ready-made values that refer to something that the definition does not have. Such a
 * value would be left out of the request, or would count as empty in a digest.
 *
 * @param kind which requests call the functions in the member
 */
export function referenceProblem(
  field: string,
  value: unknown,
  kind: FunctionsOf,
  all: Options,
): string | undefined {
  if (all['enabled'] === false) return undefined; // this environment may lack what it refers to
  if (kind === 'before' || kind === 'after') return ofSteps(kind, value, all);
  return problemIn(value, field, KNOWN[kind](all), all);
}

/** Each step knows the steps before it. */
function ofSteps(kind: 'before' | 'after', value: unknown, all: Options): string | undefined {
  const earlier = kind === 'after' ? stepsOf(all['before']) : [];
  const tokens = kind === 'after';
  const empty = kind === 'before' ? { accessToken, refreshToken } : {};
  for (const [i, [name, step]] of Object.entries(value as Options).entries()) {
    const steps = [...earlier, ...stepsOf(value).slice(0, i)];
    const problem = problemIn(step, `${kind}.${name}`, { steps, empty, tokens }, all);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function stepsOf(chain: unknown): string[] {
  return isObject(chain) ? Object.keys(chain) : [];
}

function problemIn(value: unknown, path: string, known: Known, all: Options): string | undefined {
  if (typeof value === 'function') return ofValue(value, path, known, all);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const problem = problemIn(member, `${path}.${name}`, known, all);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function ofValue(value: unknown, path: string, known: Known, all: Options): string | undefined {
  const [empty] = Object.entries(known.empty).find(([, ready]) => ready === value) ?? [];
  if (empty !== undefined) return `uses \`values.${empty}\` at \`${path}\`, where there is none`;
  const [kind, ...made] = constantsOf(value) ?? [];
  const check = typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  const problem = check?.(made, known, all);
  if (problem !== undefined) return `uses \`values.${String(kind)}\` at \`${path}\` ${problem}`;
  return made
    .map((part) => (typeof part === 'function' ? ofValue(part, path, known, all) : undefined))
    .find((found) => found !== undefined);
}

/** They are credentials if they are ready-made. */
const ASSERTIONS = ['clientAssertion', 'assertion'];

type ValueCheck = (made: readonly unknown[], known: Known, all: Options) => string | undefined;

const KINDS: Readonly<Record<string, ValueCheck>> = {
  credential: ([name], _known, all) => {
    const standard = [...CREDENTIALS, ...ASSERTIONS].filter((each) => {
      return all[each] !== undefined && !isMadeHere(all[each]);
    });
    const names = [...standard, ...ownCredentials(all)];
    if (names.includes(String(name))) return undefined;
    return `with the name \`${String(name)}\`, but the definition has no such credential${didYouMean(String(name), names)}`;
  },
  response: ([step, place], { steps }) => {
    if (!steps.includes(String(step))) {
      return `with the step \`${String(step)}\`, but no such step runs before this request (a refresh and a revocation run no steps: keep what they need with \`response.capture\` of the step, and read it with \`values.extra\`)${didYouMean(String(step), steps)}`;
    }
    const problem = selector(place);
    return problem && `with a selector that ${problem}`;
  },
  extra: ([path], { tokens }) => {
    if (!tokens)
      return 'where there is no token set yet: it may stand in `use`, `refresh`, `revocation` or `after`';
    return typeof path === 'string' && path !== '' ? undefined : 'without a path';
  },
  digest: ([algorithm, ...parts]) => algorithmProblem(algorithm) ?? partsProblem(parts),
  hmac: ([algorithm, key, ...parts]) =>
    algorithmProblem(algorithm) ??
    (typeof plain(key) === 'string' && plain(key) !== ''
      ? partsProblem(parts)
      : 'with a key that is not a non-empty string'),
};

function ownCredentials({ credentials }: Options): string[] {
  return isObject(credentials) ? Object.keys(credentials) : [];
}

function algorithmProblem(algorithm: unknown): string | undefined {
  const known: readonly unknown[] = DIGEST_ALGORITHMS;
  return known.includes(algorithm)
    ? undefined
    : `with an algorithm that is none of ${DIGEST_ALGORITHMS.join(', ')}`;
}

function partsProblem(parts: readonly unknown[]): string | undefined {
  const at = parts.findIndex((part) => !isPart(plain(part)));
  return at < 0 ? undefined : `with a part (number ${at + 1}) that has no value`;
}

function isPart(part: unknown): boolean {
  return ['string', 'number', 'boolean', 'function'].includes(typeof part);
}

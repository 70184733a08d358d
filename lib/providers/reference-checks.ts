import { isMadeHere } from '../oauth2/assertions.js';
import { constantsOf } from '../oauth2/constants.js';
import { CREDENTIALS, plain } from '../oauth2/credentials.js';
import { DIGEST_ALGORITHMS } from '../oauth2/computations.js';
import { values } from '../oauth2/values.js';
import { didYouMean } from './did-you-mean.js';
import { isObject, type Options } from './option-checks.js';
import { reader } from './reader-checks.js';

/** What the ready-made values at one place of a definition can refer to. */
interface Sight {
  /** The steps that have run by then. */
  readonly steps: readonly string[];
  /** The ready-made values that never have anything there. */
  readonly empty: Readonly<Record<string, unknown>>;
  /** Whether the token set is there, for `values.extra`. */
  readonly tokens?: boolean;
}

const { accessToken, refreshToken, scope } = values;

/** Members of a definition with ready-made values, and what these can refer to. */
const SIGHTS: Readonly<Record<string, (definition: Options) => Sight>> = {
  parameters: login,
  query: login,
  headers: login,
  clientAssertion: login,
  assertion: login,
  tokenEndpoint: login,
  refresh: () => ({ steps: [], empty: {}, tokens: true }),
  revocation: () => ({ steps: [], empty: {}, tokens: true }),
  use: () => ({ steps: [], empty: { refreshToken, scope }, tokens: true }),
};

function login({ before }: Options): Sight {
  return { steps: stepsOf(before), empty: {} };
}

/**
 * Whether a member has ready-made values that refer to something which the definition does not have. Such a
 * value would be left out of the request, or be computed into a digest as nothing.
 */
export function referenceProblem(field: string, value: unknown, all: Options): string | undefined {
  if (all['enabled'] === false) return undefined; // what it refers to may be missing in this environment
  if (field === 'before' || field === 'after') return ofSteps(field, value, all);
  const sight = Object.hasOwn(SIGHTS, field) ? SIGHTS[field]!(all) : undefined;
  return sight && problemIn(value, field, sight, all);
}

/** Each step sees those before it. */
function ofSteps(field: 'before' | 'after', value: unknown, all: Options): string | undefined {
  const earlier = field === 'after' ? stepsOf(all['before']) : [];
  const tokens = field === 'after';
  const empty = field === 'before' ? { accessToken, refreshToken } : {};
  for (const [i, [name, step]] of Object.entries(value as Options).entries()) {
    const steps = [...earlier, ...stepsOf(value).slice(0, i)];
    const problem = problemIn(step, `${field}.${name}`, { steps, empty, tokens }, all);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function stepsOf(chain: unknown): string[] {
  return isObject(chain) ? Object.keys(chain) : [];
}

function problemIn(value: unknown, path: string, sight: Sight, all: Options): string | undefined {
  if (typeof value === 'function') return ofValue(value, path, sight, all);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const problem = problemIn(member, `${path}.${name}`, sight, all);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function ofValue(value: unknown, path: string, sight: Sight, all: Options): string | undefined {
  const [empty] = Object.entries(sight.empty).find(([, ready]) => ready === value) ?? [];
  if (empty !== undefined) return `uses \`values.${empty}\` at \`${path}\`, where there is none`;
  const [kind, ...made] = constantsOf(value) ?? [];
  const check = typeof kind === 'string' && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  const problem = check?.(made, sight, all);
  if (problem !== undefined) return `uses \`values.${String(kind)}\` at \`${path}\` ${problem}`;
  return made
    .map((part) => (typeof part === 'function' ? ofValue(part, path, sight, all) : undefined))
    .find((found) => found !== undefined);
}

/** Credentials where they are ready-made. */
const ASSERTIONS = ['clientAssertion', 'assertion'];

type ValueCheck = (made: readonly unknown[], sight: Sight, all: Options) => string | undefined;

const KINDS: Readonly<Record<string, ValueCheck>> = {
  credential: ([name], _sight, all) => {
    const standard = [...CREDENTIALS, ...ASSERTIONS].filter((each) => {
      return all[each] !== undefined && !isMadeHere(all[each]);
    });
    const names = [...standard, ...own(all)];
    if (names.includes(String(name))) return undefined;
    return `with the name \`${String(name)}\`, but the definition has no such credential${didYouMean(String(name), names)}`;
  },
  response: ([step, place], { steps }) => {
    if (!steps.includes(String(step))) {
      return `with the step \`${String(step)}\`, but no such step runs before this request (what a refresh or a revocation needs of an answer, the step keeps with \`response.capture\`, and \`values.extra\` finds it)${didYouMean(String(step), steps)}`;
    }
    const problem = reader(place);
    return problem && `with a place in the response that ${problem}`;
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

function own({ credentials }: Options): string[] {
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

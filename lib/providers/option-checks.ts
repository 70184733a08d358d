import { plain } from '../oauth2/credentials.js';
import { didYouMean } from './did-you-mean.js';

export type Options = Readonly<Record<string, unknown>>;

/** Says what was expected of a value, or nothing if it is right. */
export type Check = (value: unknown, all: Options) => string | undefined;

export type Checks = Readonly<Record<string, Check>>;

/** A boolean. */
export function flag(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'must be true or false';
}

export function isFunction(value: unknown): string | undefined {
  return typeof value === 'function' ? undefined : 'must be a function';
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : 'must be a non-empty string';
}

export function oneOf(values: readonly unknown[]): Check {
  return (value) => (values.includes(value) ? undefined : `must be one of ${values.join(', ')}`);
}

export function numberBetween(least: number, most: number, unit: string): Check {
  return (value) =>
    typeof value === 'number' && value >= least && value <= most
      ? undefined
      : `must be a number of ${unit} from ${least} to ${most}`;
}

export function integerBetween(least: number, most: number, unit: string): Check {
  const between = numberBetween(least, most, unit);
  return (value, all) =>
    Number.isInteger(value) ? between(value, all) : `must be a whole number of ${unit}`;
}

/** Any of several; what the last one expects is what is said. */
export function either(...checks: readonly Check[]): Check {
  return (value, all) => {
    const problems = checks.map((check) => check(value, all));
    return problems.includes(undefined) ? undefined : problems.at(-1);
  };
}

/** One string of space-separated items, or a list of them. */
export function listOf(isValid: (item: string) => boolean, problem: string): Check {
  return (value) => {
    const list: unknown[] = typeof value === 'string' ? value.split(' ') : (value as unknown[]);
    const valid =
      Array.isArray(list) && list.every((item) => typeof item === 'string' && isValid(item));
    return valid ? undefined : problem;
  };
}

/** Values by name. */
export function record(
  isName: (name: string, all: Options) => boolean,
  isValue: (value: unknown, all: Options) => boolean,
  problem: string,
): Check {
  return (value, all) => {
    if (!isObject(value)) return problem;
    const wrong = Object.entries(value).find(
      ([name, item]) => !isName(name, all) || !isValue(plain(item), all),
    );
    return wrong && `${problem} (see \`${wrong[0]}\`)`;
  };
}

/** An object of known members. */
export function object(checks: Checks, required: readonly string[] = []): Check {
  return (value) => {
    if (!isObject(value)) return `must be an object of ${Object.keys(checks).join(', ')}`;
    // A misspelled name says more than the name that is missing because of it.
    const isKnown = (name: string) => Object.hasOwn(checks, name);
    const given = Object.keys(value).toSorted((a, b) => Number(isKnown(a)) - Number(isKnown(b)));
    const names = new Set([...given, ...required]);
    for (const name of names) {
      const problem = memberProblem(checks, value, name, required);
      if (problem !== undefined) return `has \`${name}\`, which ${problem}`;
    }
    return undefined;
  };
}

function memberProblem(checks: Checks, value: Options, name: string, required: readonly string[]) {
  if (!Object.hasOwn(checks, name)) {
    const known = Object.keys(checks);
    return `is none of ${known.join(', ')}${didYouMean(name, known)}`;
  }
  const member = value[name];
  if (member === undefined) return required.includes(name) ? 'is missing' : undefined;
  return checks[name]!(member, value);
}

export function isObject(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

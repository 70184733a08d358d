import { bare } from '../../util/memory.js';
import { plain } from '../../oauth2/credentials.js';
import { didYouMean } from '../did-you-mean.js';

export type Options = Readonly<Record<string, unknown>>;

/**
 * Returns what is wrong with a value, as the end of a sentence that begins with the member's name;
 * `undefined` if the value is right.
 *
 * @param beside the object that has the member
 * @param definition the whole definition
 */
export type Check = (value: unknown, beside: Options, definition: Options) => string | undefined;

/** The members that an object may have. */
export type Checked = Readonly<
  Record<string, { readonly check: Check; readonly required?: boolean }>
>;

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

/** @param other what else is allowed, for the message */
export function numberBetween(least: number, most: number, unit: string, other?: string): Check {
  return (value) =>
    typeof value === 'number' && value >= least && value <= most
      ? undefined
      : `must be a number of ${unit} from ${least} to ${most}${other ? `, or ${other}` : ''}`;
}

export function integerBetween(least: number, most: number, unit: string): Check {
  const between = numberBetween(least, most, unit);
  return (value, ...rest) =>
    Number.isInteger(value) ? between(value, ...rest) : `must be a whole number of ${unit}`;
}

/** Passes if one of the checks passes. Otherwise the last one says what was expected. */
export function either(...checks: readonly Check[]): Check {
  return (value, ...rest) => {
    const problems = checks.map((check) => check(value, ...rest));
    return problems.includes(undefined) ? undefined : problems.at(-1);
  };
}

/** Passes if all checks pass. The first one that does not says what is wrong. */
export function every(...checks: readonly Check[]): Check {
  return (value, ...rest) => {
    for (const check of checks) {
      const problem = check(value, ...rest);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** Fails with `problem` where the other members say so. */
export function unless(when: (beside: Options, value: unknown) => boolean, problem: string): Check {
  return (value, beside) => (when(beside, value) ? problem : undefined);
}

/** A string of items that spaces separate, or a list of items. */
export function listOf(isValid: (item: string) => boolean, problem: string): Check {
  return (value) => {
    const list: unknown[] = typeof value === 'string' ? value.split(' ') : (value as unknown[]);
    const valid =
      Array.isArray(list) && list.every((item) => typeof item === 'string' && isValid(item));
    return valid ? undefined : problem;
  };
}

/** An object with names of the user's own. */
export function record(
  isName: (name: string) => boolean,
  isValue: (value: unknown, beside: Options) => boolean,
  problem: string,
): Check {
  return (value, beside) => {
    if (!isObject(value)) return problem;
    const wrong = Object.entries(value).find(
      ([name, item]) => !isName(name) || !isValue(plain(item), beside),
    );
    return wrong && `${problem} (see \`${wrong[0]}\`)`;
  };
}

/** The first problem among the items of an object or a list, with the name of the item. */
export function firstProblem(
  items: Options | readonly unknown[],
  check: (value: unknown) => string | undefined,
): string | undefined {
  for (const [name, value] of Object.entries<unknown>(items)) {
    const problem = check(value);
    if (problem !== undefined) return `has \`${name}\`, which ${problem}`;
  }
  return undefined;
}

/** An object that has these members and no others. */
export function object(members: Checked): Check {
  const known = Object.keys(members);
  const required = known.filter((name) => members[name]?.required);
  return (value, _beside, definition) => {
    if (!isObject(value)) return `must be an object of ${known.join(', ')}`;
    const beside = bare(value);
    // A misspelled name explains why another one is missing, so it is reported first.
    const given = Object.keys(value).toSorted(
      (a, b) => Number(known.includes(a)) - Number(known.includes(b)),
    );
    return firstProblem(bySelf(new Set([...given, ...required])), (name) =>
      memberProblem(members, String(name), beside, definition),
    );
  };
}

/** An object that has these members, or a value of another type that passes `other`. */
export function objectOr(members: Checked, other: Check): Check {
  const check = object(members);
  return (value, ...rest) => (typeof value === 'object' ? check : other)(value, ...rest);
}

/** Objects of these members, by names of the user's own. */
export function each(members: Checked, problem: string): Check {
  const check = object(members);
  return (value, beside, definition) =>
    isObject(value) ? firstProblem(value, (item) => check(item, beside, definition)) : problem;
}

function memberProblem(members: Checked, name: string, beside: Options, definition: Options) {
  const member = Object.hasOwn(members, name) ? members[name] : undefined;
  if (!member) {
    const known = Object.keys(members);
    return `is none of ${known.join(', ')}${didYouMean(name, known)}`;
  }
  const value = beside[name];
  if (value === undefined) return member.required ? 'is missing' : undefined;
  return member.check(value, beside, definition);
}

function bySelf(names: Iterable<string>): Options {
  return Object.fromEntries([...names].map((name) => [name, name]));
}

export function isObject(value: unknown): value is Options {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

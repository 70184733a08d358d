export type Options = Readonly<Record<string, unknown>>;

/** Says what was expected of a value, or nothing if it is right. */
export type Check = (value: unknown, all: Options) => string | undefined;

/** A boolean. */
export function flag(value: unknown): string | undefined {
  return typeof value === 'boolean' ? undefined : 'must be true or false';
}

export function oneOf(values: readonly string[]): Check {
  return (value) =>
    values.includes(value as string) ? undefined : `must be one of ${values.join(', ')}`;
}

export function numberBetween(least: number, most: number, unit: string): Check {
  return (value) =>
    typeof value === 'number' && value >= least && value <= most
      ? undefined
      : `must be a number of ${unit} from ${least} to ${most}`;
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

/** Strings by name. */
export function record(
  isName: (name: string) => boolean,
  isValue: (value: string) => boolean,
  problem: string,
): Check {
  return (value) => {
    if (typeof value !== 'object' || value === null) return problem;
    const wrong = Object.entries(value).find(
      ([name, item]) => !isName(name) || typeof item !== 'string' || !isValue(item),
    );
    return wrong && `${problem} (see \`${wrong[0]}\`)`;
  };
}

import { Secret } from '../util/secret.js';
import { FunctionFailure, kindOfValue, within } from './definition-functions.js';
import type { Parameter, RequestContext, Scalar } from './request-definition.js';

/** A parameter with nothing left to compute. */
export type Resolved = Scalar | readonly Resolved[] | { readonly [name: string]: Resolved };

/** Where values stand, and what may stand there. */
export interface Place {
  /** In the definition, such as `before.start.headers`. */
  readonly path: string;
  /** `scalars`: headers. `lists`: parameters, which may occur several times. `json`: anything that JSON can say. */
  readonly holds: 'scalars' | 'lists' | 'json';
}

const EXPECTED: Readonly<Record<Place['holds'], string>> = {
  scalars: 'a string, a number, a boolean, or undefined to leave it out',
  lists: 'a string, a number, a boolean, a list of these, or undefined to leave it out',
  json: 'a value of JSON, or undefined to leave it out',
};

/**
 * Computes what is computed; members without a value are left out.
 *
 * @param place names the functions that fail, and says what they may return; without it, any value will do
 * @throws {FunctionFailure}
 */
export async function resolveParameter(
  parameter: Parameter | undefined | Readonly<Record<string, Parameter | undefined>>,
  context: RequestContext,
  place?: Place,
): Promise<Resolved | undefined> {
  if (typeof parameter === 'function') return computed(parameter, context, place);
  if (parameter instanceof Secret) return parameter.reveal();
  if (typeof parameter !== 'object' || parameter === null) return parameter;
  if (Array.isArray(parameter)) {
    const list = parameter as readonly Parameter[];
    const items = await Promise.all(
      list.map((item, i) => resolveParameter(item, context, below(place, i))),
    );
    return items.filter((item) => item !== undefined);
  }
  const members = parameter as Readonly<Record<string, Parameter | undefined>>;
  return resolveParameters(members, context, (name) => below(place, name));
}

/** @param placeOf where a member stands */
export async function resolveParameters(
  parameters: Readonly<Record<string, Parameter | undefined>>,
  context: RequestContext,
  placeOf: (name: string) => Place | undefined,
): Promise<Readonly<Record<string, Resolved>>> {
  const entries = await Promise.all(
    Object.entries(parameters).map(
      async ([name, value]) =>
        [name, await resolveParameter(value, context, placeOf(name))] as const,
    ),
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<
    string,
    Resolved
  >;
}

async function computed(
  make: Extract<Parameter, (...given: never[]) => unknown>,
  context: RequestContext,
  place: Place | undefined,
): Promise<Resolved | undefined> {
  const call = () => make(context);
  const made: unknown = (await (place ? within(place.path, call) : call())) ?? undefined;
  const value = made instanceof Secret ? made.reveal() : made;
  if (value === undefined || !place || isResolved(value, place.holds)) return value as Resolved;
  const returned = `returned ${kindOfValue(value)} instead of ${EXPECTED[place.holds]}`;
  throw new FunctionFailure(place.path, returned);
}

function isResolved(value: unknown, holds: Place['holds']): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string' || typeof value === 'boolean') return true;
  if (holds === 'scalars' || typeof value !== 'object') return false;
  if (Array.isArray(value)) {
    return value.every((item) => isResolved(item, holds === 'json' ? 'json' : 'scalars'));
  }
  if (holds === 'lists') return false;
  return Object.values(value ?? {}).every((item) => item === undefined || isResolved(item, 'json'));
}

function below(place: Place | undefined, name: string | number): Place | undefined {
  return place && { ...place, path: `${place.path}.${name}` };
}

/** Every string and number in a value, as text. */
export function leavesOf(value: Resolved): string[] {
  const leaves: string[] = [];
  const collect = (part: Resolved) => {
    if (typeof part !== 'object' || part === null) leaves.push(String(part));
    else for (const member of Object.values(part)) collect(member);
  };
  collect(value);
  return leaves;
}

import { kindOf } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import type { Parameter, RequestContext, Scalar } from './request-definition.js';

/** A parameter with nothing left to compute. */
export type Resolved = Scalar | readonly Resolved[] | { readonly [name: string]: Resolved };

/** A function of a definition that failed. Its error may quote a secret, so that only its class is told. */
export class FunctionFailed extends Error {
  constructor(
    /** Where it stands in the request, such as `parameters.signature`. */
    readonly member: string,
    readonly kind: string,
  ) {
    super(`\`${member}\` failed (${kind})`);
    this.name = 'FunctionFailed';
  }
}

/** Calls a function of a definition. */
export async function calling<T>(member: string, call: () => T | Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof FunctionFailed ? error : new FunctionFailed(member, kindOf(error));
  }
}

/** Computes what is computed; members without a value are left out. */
export async function resolveParameter(
  parameter: Parameter | undefined | Readonly<Record<string, Parameter | undefined>>,
  context: RequestContext,
): Promise<Resolved | undefined> {
  if (typeof parameter === 'function') return (await parameter(context)) ?? undefined;
  if (parameter instanceof Secret) return parameter.reveal();
  if (typeof parameter !== 'object' || parameter === null) return parameter;
  if (Array.isArray(parameter)) {
    const list = parameter as readonly Parameter[];
    const items = await Promise.all(list.map((item) => resolveParameter(item, context)));
    return items.filter((item) => item !== undefined);
  }
  return resolveParameters(parameter as Readonly<Record<string, Parameter | undefined>>, context);
}

/** @param place the member that has them, for errors */
export async function resolveParameters(
  parameters: Readonly<Record<string, Parameter | undefined>>,
  context: RequestContext,
  place?: string,
): Promise<Readonly<Record<string, Resolved>>> {
  const entries = await Promise.all(
    Object.entries(parameters).map(async ([name, value]) => {
      const resolve = () => resolveParameter(value, context);
      return [name, await (place ? calling(`${place}.${name}`, resolve) : resolve())] as const;
    }),
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Record<
    string,
    Resolved
  >;
}

/** Every string and number in a value, as text. */
export function leavesOf(value: Resolved): string[] {
  const leaves: string[] = [];
  const collect = (part: Resolved) => {
    if (typeof part !== 'object') leaves.push(String(part));
    else for (const member of Object.values(part)) collect(member);
  };
  collect(value);
  return leaves;
}

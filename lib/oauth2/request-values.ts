import { Secret } from '../core/secret.js';
import type { Parameter, RequestContext, Scalar } from './request-definition.js';

/** A parameter with nothing left to compute. */
export type Resolved = Scalar | readonly Resolved[] | { readonly [name: string]: Resolved };

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

export async function resolveParameters(
  parameters: Readonly<Record<string, Parameter | undefined>>,
  context: RequestContext,
): Promise<Readonly<Record<string, Resolved>>> {
  const entries = await Promise.all(
    Object.entries(parameters).map(
      async ([name, value]) => [name, await resolveParameter(value, context)] as const,
    ),
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

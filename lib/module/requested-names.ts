import type { InjectionToken } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

import { providerNameOf } from './injection-tokens.js';

/** A module as Nest's container holds it. */
export type NestModule = ModulesContainer extends Map<string, infer M> ? M : never;

/** Someone who injects a provider by name. */
export interface Request {
  readonly name: string;
  readonly consumer: string;
  readonly module: string;
}

/** Where Nest keeps what the parameters and properties of a class ask for. */
const PARAMETERS = 'self:paramtypes';
const OPTIONAL_PARAMETERS = 'optional:paramtypes';
const PROPERTIES = 'self:properties_metadata';
const OPTIONAL_PROPERTIES = 'optional:properties_metadata';

/** The names that somebody provides. */
export function registeredNames(modules: readonly NestModule[]): string[] {
  const tokens = modules.flatMap(({ providers }) => [...providers.keys()]);
  const names = tokens.map(providerNameOf).filter((name) => name !== undefined);
  return [...new Set(names)];
}

/** The names that somebody injects. */
export function requestedNames(modules: readonly NestModule[]): Request[] {
  return modules.flatMap((module) =>
    [...module.providers.values(), ...module.controllers.values(), ...module.injectables.values()]
      .map((wrapper) => ({
        consumer: String(wrapper.name),
        tokens: [...ofClass(wrapper.metatype), ...(wrapper.inject ?? [])],
      }))
      .flatMap(({ consumer, tokens }) =>
        tokens
          .map(providerNameOf)
          .filter((name) => name !== undefined)
          .map((name) => ({ name, consumer, module: module.name })),
      ),
  );
}

function ofClass(metatype: unknown): InjectionToken[] {
  if (typeof metatype !== 'function') return [];
  const read = <T>(key: string, target: object): T[] =>
    (Reflect.getMetadata(key, target) as T[] | undefined) ?? [];
  const optional = read<number>(OPTIONAL_PARAMETERS, metatype);
  const parameters = read<{ index: number; param: InjectionToken }>(PARAMETERS, metatype);
  const optionalKeys = read<string | symbol>(OPTIONAL_PROPERTIES, metatype);
  const properties = read<{ key: string | symbol; type: InjectionToken }>(PROPERTIES, metatype);
  return [
    ...parameters.filter(({ index }) => !optional.includes(index)).map(({ param }) => param),
    ...properties.filter(({ key }) => !optionalKeys.includes(key)).map(({ type }) => type),
  ];
}

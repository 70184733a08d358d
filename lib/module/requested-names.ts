import type { InjectionToken, OptionalFactoryDependency } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';

import { providerNameOf } from './injection-tokens.js';

/** A module as Nest's container holds it. */
export type NestModule = ModulesContainer extends Map<string, infer M> ? M : never;

/** An injection of something of this package. */
export interface Request {
  readonly token: InjectionToken;
  readonly consumer: string;
  readonly module: NestModule;
}

type FactoryDependency = InjectionToken | OptionalFactoryDependency;

/** The metadata keys under which Nest keeps the injection tokens of a class. */
const TYPES = 'design:paramtypes';
const PARAMETERS = 'self:paramtypes';
const OPTIONAL_PARAMETERS = 'optional:paramtypes';
const PROPERTIES = 'self:properties_metadata';
const OPTIONAL_PROPERTIES = 'optional:properties_metadata';

/** The names of all providers that some module registers. */
export function registeredNames(modules: readonly NestModule[]): string[] {
  const tokens = modules.flatMap(({ providers }) => [...providers.keys()]);
  const names = tokens.map(providerNameOf).filter((name) => name !== undefined);
  return [...new Set(names)];
}

/** All injections of tokens that `isOurs` accepts. */
export function requests(
  modules: readonly NestModule[],
  isOurs: (token: InjectionToken) => boolean,
): Request[] {
  return modules.flatMap((module) =>
    [...module.providers.values(), ...module.controllers.values(), ...module.injectables.values()]
      .map((wrapper) => ({
        consumer: String(wrapper.name),
        tokens: [...ofClass(wrapper.metatype), ...(wrapper.inject ?? []).flatMap(ofFactory)],
      }))
      .flatMap(({ consumer, tokens }) =>
        tokens.filter(isOurs).map((token) => ({ token, consumer, module })),
      ),
  );
}

function ofFactory(dependency: FactoryDependency): InjectionToken[] {
  if (typeof dependency !== 'object' || !('token' in dependency)) return [dependency];
  return dependency.optional ? [] : [dependency.token];
}

function ofClass(metatype: unknown): InjectionToken[] {
  if (typeof metatype !== 'function') return [];
  const read = <T>(key: string, target: object): T[] =>
    (Reflect.getMetadata(key, target) as T[] | undefined) ?? [];
  const optional = read<number>(OPTIONAL_PARAMETERS, metatype);
  const named = read<{ index: number; param: InjectionToken }>(PARAMETERS, metatype);
  const typed = read<InjectionToken>(TYPES, metatype)
    .map((param, index) => ({ index, param }))
    .filter(({ index }) => !named.some((parameter) => parameter.index === index));
  const optionalKeys = read<string | symbol>(OPTIONAL_PROPERTIES, metatype);
  const properties = read<{ key: string | symbol; type: InjectionToken }>(PROPERTIES, metatype);
  return [
    ...[...named, ...typed]
      .filter(({ index }) => !optional.includes(index))
      .map(({ param }) => param),
    ...properties.filter(({ key }) => !optionalKeys.includes(key)).map(({ type }) => type),
  ];
}

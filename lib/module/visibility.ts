import type { InjectionToken } from '@nestjs/common';

import { registeredNames, type NestModule } from './requested-names.js';

/** Whether a module can inject a token: it provides it, or an import or a global module exports it. */
export function sees(module: NestModule, token: InjectionToken): boolean {
  return module.providers.has(token) || [...module.imports].some((each) => gives(each, token));
}

/** The modules that import an `OAuth2ClientModule` which provides a token. */
export function declarers(
  modules: readonly NestModule[],
  self: unknown,
  token: InjectionToken,
): NestModule[] {
  const hosts = modules.filter((each) => each.metatype === self && each.providers.has(token));
  return modules.filter((each) => hosts.some((host) => each.imports.has(host)));
}

/** A provider that two imports declare, although only one of the two would be used. */
export interface Twice {
  readonly name: string;
  /** The module that imports both; `undefined`: both are global. */
  readonly module: NestModule | undefined;
}

/** The first provider that is declared twice: by two global imports, or by two imports of one module. */
export function declaredTwice(modules: readonly NestModule[], self: unknown): Twice | undefined {
  const hosts = modules.filter(({ metatype }) => metatype === self);
  const isGlobal = (host: NestModule) =>
    host.isGlobal ||
    modules.some(
      (each) => each.isGlobal && each.imports.has(host) && each.exports.has(host.metatype),
    );
  const groups = [undefined, ...modules].map((module) => ({
    module,
    declared: hosts
      .filter((host) => (module ? module.imports.has(host) && !isGlobal(host) : isGlobal(host)))
      .flatMap((host) => registeredNames([host])),
  }));
  for (const { module, declared } of groups) {
    const name = declared.find((each, i) => declared.indexOf(each) !== i);
    if (name !== undefined) return { name, module };
  }
  return undefined;
}

/** Whether a module exports a token: its own, or one of a module that it exports. */
function gives(module: NestModule, token: InjectionToken, seen = new Set<NestModule>()): boolean {
  if (seen.has(module)) return false;
  seen.add(module);
  if (module.exports.has(token) && module.providers.has(token)) return true;
  return [...module.imports].some(
    (each) => module.exports.has(each.metatype) && gives(each, token, seen),
  );
}

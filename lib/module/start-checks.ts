import { Logger, type Type } from '@nestjs/common';
import { ModuleRef, type ModulesContainer } from '@nestjs/core';

import { OAuth2ClientError } from '../core/errors.js';
import { MODULE_OPTIONS } from './injection-tokens.js';
import { missingProviders } from './missing-providers.js';
import type { NestModule } from './requested-names.js';
import { declaredTwice } from './visibility.js';

const logger = () => new Logger('OAuth2ClientModule');

/**
 * Checks the whole app before Nest creates its providers. It logs what Nest's own errors do not say, and refuses
 * declarations that would work only by accident. It runs once, however often the module is imported.
 *
 * @throws {OAuth2ClientError} `CONFIGURATION_INVALID`
 */
export function checkApp(self: Type, moduleRef: ModuleRef, container: ModulesContainer): void {
  const modules = [...container.values()];
  const first = modules.find(({ metatype }) => metatype === self);
  if (first?.providers.get(ModuleRef)?.instance !== moduleRef) return;
  for (const line of missingProviders(modules, self)) logger().error(line);
  reportBareImport(modules, self);
  refuseTwoDeclarations(modules, self);
}

/**
 * Refuses imports that cannot work: imports of the bare class, and imports whose options come from a factory that
 * injects the request. Nest would call that factory for each request, and each request would log in.
 *
 * @throws {OAuth2ClientError} `CONFIGURATION_INVALID`
 */
export function refuseImports(self: Type, container: ModulesContainer): void {
  for (const { metatype, providers } of container.values()) {
    if (metatype !== self) continue;
    const options = providers.get(MODULE_OPTIONS);
    if (!options) throw bareImport();
    if (options.isDependencyTreeStatic()) continue;
    throw invalid(
      'The options come from a factory in REQUEST scope, which would log in on every request.',
      'Let the factory inject singletons only; for accounts that depend on the request, use `oauth2.subject`.',
    );
  }
}

/** Logs a line, because Nest's own error about the missing provider wins over any error of this module. */
function reportBareImport(modules: readonly NestModule[], self: Type): void {
  const isBare = ({ metatype, providers }: NestModule) =>
    metatype === self && !providers.has(MODULE_OPTIONS);
  if (!modules.some(isBare)) return;
  logger().error(bareImport().message);
}

function bareImport(): OAuth2ClientError {
  return invalid(
    'A module imports the class OAuth2ClientModule itself, which has no providers.',
    'Import `OAuth2ClientModule.forRoot(…)` once with `isGlobal: true`, or a module that exports it.',
  );
}

function refuseTwoDeclarations(modules: readonly NestModule[], self: Type): void {
  const twice = declaredTwice(modules, self);
  if (!twice) return;
  const { name, module } = twice;
  const who = module
    ? `Two imports of OAuth2ClientModule in ${module.name}`
    : 'Two global imports of OAuth2ClientModule';
  throw invalid(
    `${who} declare the provider "${name}", and every injection would get only one of the two.`,
    'Declare the provider once, or give the two different names.',
  );
}

function invalid(reason: string, hint: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'CONFIGURATION_INVALID',
    provider: 'OAuth2ClientModule',
    stage: 'configuration',
    reason,
    hint,
  });
}

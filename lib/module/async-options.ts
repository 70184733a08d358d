import type { DynamicModule, FactoryProvider } from '@nestjs/common';

import { OAuth2ClientError } from '../core/errors.js';
import type { ProviderDefinition } from '../providers/provider-definition.js';
import type {
  OAuth2ClientModuleAsyncOptions,
  OAuth2ClientModuleOptions,
  OAuth2ClientModuleProviderFactories,
  ProviderFactory,
} from './module-options.js';

const FACTORIES = ['useFactory', 'useClass', 'useExisting'] as const;

type AsyncOptions = OAuth2ClientModuleAsyncOptions | OAuth2ClientModuleProviderFactories;

/**
 * Checks the argument of `forRootAsync`, because an error of Nest would not name the argument.
 *
 * @throws {OAuth2ClientError} `CONFIGURATION_INVALID`
 */
export function checkedAsyncOptions(options: AsyncOptions | undefined): AsyncOptions {
  if (typeof options !== 'object' || options === null) {
    throw invalid('was called without options', 'Pass `providers`, or `names` and `useFactory`.');
  }
  if (hasProviders(options)) checkProviders(options);
  else checkFactory(options);
  return options;
}

/** Whether the options list the providers, instead of one factory for all of them. */
export function hasProviders(
  options: AsyncOptions,
): options is OAuth2ClientModuleProviderFactories {
  return 'providers' in options && options.providers !== undefined;
}

/** The Nest providers and imports of options that have a factory for each provider. */
export function factoryOptions(
  options: Omit<OAuth2ClientModuleProviderFactories, 'isGlobal'>,
): FactoryOptions {
  const { providers, imports = [], ...others } = options;
  const factories = providers.map((entry) =>
    isFactory(entry) ? entry : { name: entry.name, useFactory: () => entry },
  );
  const definitions = factories.map(({ name, inject = [], useFactory }: ProviderFactory) => ({
    provide: Symbol(`definition of ${name}`),
    inject,
    useFactory,
  }));
  const names = factories.map(({ name }) => name).filter((name) => typeof name === 'string');
  return {
    names: [...new Set(names)],
    definitions,
    module: {
      imports: [...imports, ...factories.flatMap((each: ProviderFactory) => each.imports ?? [])],
      inject: definitions.map(({ provide }) => provide),
      useFactory: (...made: ProviderDefinition[]) => ({ ...others, providers: made }),
    },
  };
}

interface FactoryOptions {
  readonly names: string[];
  readonly definitions: FactoryProvider<ProviderDefinition>[];
  readonly module: {
    imports: NonNullable<DynamicModule['imports']>;
    inject: symbol[];
    useFactory: (...made: ProviderDefinition[]) => OAuth2ClientModuleOptions;
  };
}

function isFactory(entry: ProviderDefinition | ProviderFactory): entry is ProviderFactory {
  return typeof entry === 'object' && entry !== null && 'useFactory' in entry;
}

function checkProviders({ providers, ...others }: OAuth2ClientModuleProviderFactories): void {
  const isUsable = (entry: unknown) =>
    typeof entry === 'object' &&
    entry !== null &&
    (!('useFactory' in entry) ||
      (typeof entry.useFactory === 'function' &&
        'name' in entry &&
        typeof entry.name === 'string'));
  if (!Array.isArray(providers) || !providers.every(isUsable)) {
    throw invalid(
      'got `providers` that are not a list of definitions and factories',
      "Write `providers: [{ name: 'acme', inject: […], useFactory: (…) => … }]`.",
    );
  }
  const surplus = ['names', ...FACTORIES].find((name) => name in others);
  if (surplus === undefined) return;
  throw invalid(`got both \`providers\` and \`${surplus}\``, 'Pass only one of the two.');
}

function checkFactory(options: OAuth2ClientModuleAsyncOptions): void {
  const names: unknown = options.names;
  const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
  if (names !== undefined && !isList) {
    throw invalid('got `names` that are not a list of strings', "Write `names: ['acme']`.");
  }
  if (!FACTORIES.some((name) => options[name] !== undefined)) {
    throw invalid(
      'got no factory of the options',
      'Pass `providers`, or one of `useFactory`, `useClass` and `useExisting`.',
    );
  }
}

function invalid(what: string, hint: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'CONFIGURATION_INVALID',
    provider: 'OAuth2ClientModule',
    stage: 'configuration',
    reason: `\`forRootAsync()\` ${what}.`,
    hint,
  });
}

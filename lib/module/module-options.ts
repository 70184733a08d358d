import type {
  ConfigurableModuleAsyncOptions,
  FactoryProvider,
  ModuleMetadata,
} from '@nestjs/common';

import type { AccountLabel } from '../account/account-label.js';
import type { TokenStore } from '../core/token-store.js';
import type { AxiosOptions, ProviderDefinition } from '../providers/provider-definition.js';

/** Options of {@link OAuth2ClientModule}. */
export interface OAuth2ClientModuleOptions {
  /** The APIs that this app calls. */
  readonly providers: readonly ProviderDefinition[];
  /** axios options for all providers. The options of a provider win over them. */
  readonly axios?: AxiosOptions | undefined;
  /** The store in which tokens are shared with other modules or instances. Default: each module has its own tokens. */
  readonly store?: TokenStore | undefined;
  /**
   * Returns the label of an account for errors, the log and `status()`. At most 64 characters are shown. It must not
   * return a secret. Default: a keyed hash of ten hexadecimal digits. Its key comes from the constant secrets of the
   * definition, so that it is the same in all instances; if all of them are functions, it changes with each start.
   */
  readonly accountLabel?: AccountLabel | undefined;
  /**
   * Obtains a token for each provider when the app starts, so that wrong credentials show at once. If there is none:
   * `warn` logs a warning and starts, `fail` fails the start. A login takes no longer than the `deadline` of its
   * definition. Skipped are providers that are disabled, have a `subject` function, or have single-use tokens.
   * Default: the first call logs in.
   */
  readonly verifyOnStart?: 'warn' | 'fail' | undefined;
}

/** What may be set in addition to the options. */
export interface OAuth2ClientModuleExtras {
  /** Makes the exports visible to every module of the app. Default `false`. */
  readonly isGlobal?: boolean | undefined;
}

/** A class that creates the options, for `useClass` and `useExisting`. */
export interface OAuth2ClientOptionsFactory {
  createOAuth2ClientOptions(): OAuth2ClientModuleOptions | Promise<OAuth2ClientModuleOptions>;
}

/** Options of {@link OAuth2ClientModule.forRootAsync}. */
export interface OAuth2ClientModuleAsyncOptions
  extends
    OAuth2ClientModuleExtras,
    ConfigurableModuleAsyncOptions<OAuth2ClientModuleOptions, 'createOAuth2ClientOptions'> {
  /**
   * Names of the providers that the factory will return. Dependency injection needs them before the factory runs. If
   * the factory returns other names, the app does not start.
   */
  readonly names: readonly string[];
}

/** A factory for the definition of one provider, in the form of Nest's own factory providers. */
export interface ProviderFactory {
  /** The name of the provider. The factory must return a definition of this name. */
  readonly name: string;
  /** Modules that export what the factory injects, beside the `imports` of `forRootAsync`. */
  readonly imports?: ModuleMetadata['imports'];
  /** The injection tokens of the factory's arguments. Default: none. */
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<ProviderDefinition>['useFactory'];
}

/** Options of {@link OAuth2ClientModule.forRootAsync} that have a factory for each provider. */
export interface OAuth2ClientModuleProviderFactories
  extends OAuth2ClientModuleExtras, Omit<OAuth2ClientModuleOptions, 'providers'> {
  /** Modules that export what the factories inject. */
  readonly imports?: ModuleMetadata['imports'];
  /** One entry for each API: a factory, or a definition that needs none. */
  readonly providers: readonly (ProviderDefinition | ProviderFactory)[];
}

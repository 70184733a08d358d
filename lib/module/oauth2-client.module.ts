import {
  ConfigurableModuleBuilder,
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';

import { RefreshTokenFamilies } from '../account/refresh-token-family.js';
import { SharedStore } from '../sharing/shared-store.js';
import type { TokenProvider } from '../lifecycle/token-provider.js';
import { AppStart } from './app-start.js';
import { createApiDirectory } from './api-directory.factory.js';
import { eventLogger } from './event-logger.js';
import { createHttpService } from './http-service.factory.js';
import {
  API_DIRECTORY,
  APP_START,
  getHttpServiceToken,
  getTokenProviderToken,
  MODULE_OPTIONS,
  OAUTH2_EVENTS,
  OAUTH2_HTTP_INTERCEPTOR,
  OAUTH2_RUNTIME,
  PROVIDER_DEFINITIONS,
  REFRESH_TOKEN_FAMILIES,
  SHARED_STORE,
  TOKEN_PROVIDER_FACTORY,
  TOKEN_PROVIDERS,
} from './injection-tokens.js';
import type {
  OAuth2ClientModuleAsyncOptions,
  OAuth2ClientModuleExtras,
  OAuth2ClientModuleOptions,
  OAuth2ClientModuleProviderFactories,
} from './module-options.js';
import { OAuth2Events } from './oauth2-events.js';
import { OAuth2HttpInterceptor } from './oauth2-http-interceptor.js';
import { checkedAsyncOptions, factoryOptions, hasProviders } from './async-options.js';
import { checkedDefinitions, namesOf, type ProviderDefinitions } from './provider-definitions.js';
import { systemRuntime, type OAuth2Runtime } from './runtime.js';
import { checkApp, refuseImports } from './start-checks.js';
import { createTokenProvider } from './token-provider.factory.js';
import { TokenProviders } from './token-providers.js';

// Transient: every import is a module of its own. Nest 10 would merge two that look alike.
const { ConfigurableModuleClass: OptionsModule } =
  new ConfigurableModuleBuilder<OAuth2ClientModuleOptions>({
    optionsInjectionToken: MODULE_OPTIONS,
    alwaysTransient: true,
  })
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createOAuth2ClientOptions')
    .build();

/** Keeps the access tokens of third-party APIs and puts them into the requests. */
@Module({})
export class OAuth2ClientModule implements OnModuleInit {
  readonly #modules: ModulesContainer;

  constructor(
    @Inject(ModuleRef) moduleRef: ModuleRef,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    this.#modules = modules;
    checkApp(OAuth2ClientModule, moduleRef, modules);
  }

  /** Declares the APIs that this app calls. */
  static forRoot(options: OAuth2ClientModuleOptions & OAuth2ClientModuleExtras): DynamicModule {
    const { isGlobal, ...own } = { ...options };
    return withProviders(OptionsModule.forRoot(own), namesOf(own), isGlobal);
  }

  /**
   * Declares the APIs that this app calls, with definitions or options that factories make. A factory for each provider
   * stands in `providers`. One factory for all of them needs their `names`.
   *
   * @throws {OAuth2ClientError} `CONFIGURATION_INVALID`
   */
  static forRootAsync(
    options: OAuth2ClientModuleAsyncOptions | OAuth2ClientModuleProviderFactories,
  ): DynamicModule {
    const checked = checkedAsyncOptions(options);
    if (hasProviders(checked)) {
      const { isGlobal, ...own } = checked;
      const { names, definitions, module } = factoryOptions(own);
      const { providers = [], ...others } = OptionsModule.forRootAsync(module);
      return withProviders(
        { ...others, providers: [...providers, ...definitions] },
        names,
        isGlobal,
      );
    }
    const { isGlobal, names, ...own } = checked;
    return withProviders(OptionsModule.forRootAsync(own), names ?? [], isGlobal);
  }

  onModuleInit(): void {
    refuseImports(OAuth2ClientModule, this.#modules);
  }
}

function withProviders(
  { imports, providers = [] }: DynamicModule,
  names: readonly string[],
  isGlobal = false,
): DynamicModule {
  return {
    module: OAuth2ClientModule,
    global: isGlobal,
    imports: imports ?? [],
    providers: [...providers, ...tokenSide(names), ...httpSide(), ...names.flatMap(namedProviders)],
    exports: [
      TokenProviders,
      TOKEN_PROVIDERS,
      OAuth2Events,
      OAUTH2_EVENTS,
      OAuth2HttpInterceptor,
      OAUTH2_HTTP_INTERCEPTOR,
      getHttpServiceToken(),
      ...names.flatMap((name) => [getHttpServiceToken(name), getTokenProviderToken(name)]),
    ],
  };
}

function tokenSide(names: readonly string[]): Provider[] {
  return [
    { provide: OAUTH2_RUNTIME, useValue: systemRuntime },
    {
      provide: PROVIDER_DEFINITIONS,
      inject: [MODULE_OPTIONS],
      useFactory: (options: OAuth2ClientModuleOptions) => checkedDefinitions(options, names),
    },
    { provide: TOKEN_PROVIDER_FACTORY, useValue: createTokenProvider },
    {
      provide: OAuth2Events,
      inject: [OAUTH2_RUNTIME],
      useFactory: ({ clock }: OAuth2Runtime) =>
        new OAuth2Events(eventLogger(new Logger('OAuth2Client'), clock)),
    },
    { provide: OAUTH2_EVENTS, useExisting: OAuth2Events },
    { provide: REFRESH_TOKEN_FAMILIES, useFactory: () => new RefreshTokenFamilies() },
    {
      provide: SHARED_STORE,
      inject: [MODULE_OPTIONS, OAUTH2_RUNTIME],
      useFactory: ({ store }: OAuth2ClientModuleOptions, { clock }: OAuth2Runtime) =>
        store && new SharedStore(store, clock),
    },
    {
      provide: TokenProviders,
      // Injected one by one, so that a test may override any of them.
      inject: names.map(getTokenProviderToken),
      useFactory: (...providers: TokenProvider[]) =>
        new TokenProviders(new Map(names.map((name, i) => [name, providers[i]!]))),
    },
    { provide: TOKEN_PROVIDERS, useExisting: TokenProviders },
    {
      provide: APP_START,
      inject: [MODULE_OPTIONS, PROVIDER_DEFINITIONS, TokenProviders],
      useFactory: (...parts: ConstructorParameters<typeof AppStart>) => new AppStart(...parts),
    },
  ];
}

function httpSide(): Provider[] {
  return [
    {
      provide: API_DIRECTORY,
      inject: [PROVIDER_DEFINITIONS, TokenProviders, MODULE_OPTIONS, OAUTH2_RUNTIME, OAuth2Events],
      useFactory: createApiDirectory,
    },
    {
      provide: OAuth2HttpInterceptor,
      inject: [API_DIRECTORY, OAUTH2_RUNTIME],
      useFactory: (...parts: ConstructorParameters<typeof OAuth2HttpInterceptor>) =>
        new OAuth2HttpInterceptor(...parts),
    },
    { provide: OAUTH2_HTTP_INTERCEPTOR, useExisting: OAuth2HttpInterceptor },
    {
      provide: getHttpServiceToken(),
      inject: [API_DIRECTORY, OAUTH2_RUNTIME, MODULE_OPTIONS],
      useFactory: createHttpService,
    },
  ];
}

function namedProviders(name: string): Provider[] {
  return [
    {
      provide: getTokenProviderToken(name),
      inject: [
        TOKEN_PROVIDER_FACTORY,
        PROVIDER_DEFINITIONS,
        MODULE_OPTIONS,
        OAUTH2_RUNTIME,
        OAuth2Events,
        REFRESH_TOKEN_FAMILIES,
        SHARED_STORE,
      ],
      useFactory: (
        create: typeof createTokenProvider,
        definitions: ProviderDefinitions,
        ...rest: CreateTokenProviderRest
      ) => create(definitions.get(name)!, ...rest),
    },
    {
      provide: getHttpServiceToken(name),
      inject: [PROVIDER_DEFINITIONS, API_DIRECTORY, OAUTH2_RUNTIME, MODULE_OPTIONS],
      useFactory: (definitions: ProviderDefinitions, ...rest: CreateHttpServiceRest) =>
        createHttpService(...rest, definitions.get(name)),
    },
  ];
}

type CreateTokenProviderRest = DropFirst<Parameters<typeof createTokenProvider>>;
type CreateHttpServiceRest = DropLast<Required<Parameters<typeof createHttpService>>>;
type DropFirst<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;
type DropLast<T extends unknown[]> = T extends [...infer Rest, unknown] ? Rest : never;

import { TOKEN_PROVIDER_FACTORY } from '../module/injection-tokens.js';
import { fakeTokenProvider, type FakeTokenProviderOptions } from './fake-token-provider.js';

/** What {@link withFakeProviders} needs of a `TestingModuleBuilder` of `@nestjs/testing`. */
export interface OverridableModule<Builder> {
  /** As in `@nestjs/testing`. */
  overrideProvider(token: symbol): { useValue(value: unknown): Builder };
}

/**
 * Replaces every `TokenProvider` of an app by a {@link fakeTokenProvider} of its name. No token endpoint is asked:
 *
 * ```ts
 * const app = await withFakeProviders(Test.createTestingModule({ imports: [AppModule] })).compile();
 * const tokens = app.get<FakeTokenProvider>(getTokenProviderToken('acme'), { strict: false });
 * ```
 *
 * A provider that you override by its own token is yours.
 *
 * @param options of each fake
 * @returns the builder, for more overrides
 */
export function withFakeProviders<Builder extends OverridableModule<Builder>>(
  builder: Builder,
  options: Omit<FakeTokenProviderOptions, 'name'> = {},
): Builder {
  return builder
    .overrideProvider(TOKEN_PROVIDER_FACTORY)
    .useValue(({ name }: { readonly name: string }) => fakeTokenProvider({ ...options, name }));
}

import { HttpModule, HttpService } from '@nestjs/axios';
import {
  Controller,
  Global,
  Inject,
  Injectable,
  Module,
  Optional,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import {
  getHttpServiceToken,
  getTokenProviderToken,
  InjectHttpService,
  InjectTokenProvider,
  OAuth2ClientModule,
  type TokenProvider,
  TokenProviders,
} from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { CapturedLog } from '../support/nest-app.js';

const options = {
  providers: [
    acme({ url: 'https://acme.example' }, { name: 'shop' }),
    acme({ url: 'https://bank.example' }, { name: 'bank' }),
  ],
};

let log: CapturedLog;
const opened: { close(): Promise<void> }[] = [];

beforeEach(() => {
  log = new CapturedLog();
});

afterEach(() => Promise.all(opened.splice(0).map((app) => app.close())));

async function start(metadata: ModuleMetadata) {
  const module = await Test.createTestingModule(metadata).setLogger(log).compile();
  opened.push(module);
  return module.init();
}

const warnings = () => log.lines.filter((line) => line.startsWith('warn'));
const errors = () => log.lines.filter((line) => line.startsWith('error'));

describe('a provider that nobody declared', () => {
  @Injectable()
  class ByParameter {
    constructor(@InjectHttpService('shopp') readonly http: HttpService) {}
  }

  @Injectable()
  class ByProperty {
    @InjectTokenProvider('shopp') readonly tokens!: TokenProvider;
  }

  @Controller()
  class ByController {
    constructor(@InjectTokenProvider('shopp') readonly tokens: TokenProvider) {}
  }

  const byFactory = {
    provide: 'FACTORY',
    inject: [getTokenProviderToken('shopp')],
    useFactory: (tokens: TokenProvider) => tokens,
  };

  it.each([
    ['a parameter', 'ByParameter', { providers: [ByParameter] }, 'HttpService(shopp)'],
    ['a property', 'ByProperty', { providers: [ByProperty] }, 'TokenProvider(shopp)'],
    ['a controller', 'ByController', { controllers: [ByController] }, 'TokenProvider(shopp)'],
    ['a factory', 'FACTORY', { providers: [byFactory] }, 'TokenProvider(shopp)'],
  ])(
    'a provider that nobody declared is reported for %s before the error of Nest',
    async (_what, consumer, metadata, token) => {
      @Module({ imports: [OAuth2ClientModule.forRoot(options)], ...metadata })
      class Feature {}
      const error = await rejection(start({ imports: [Feature] }));
      expect(String(error)).toContain(token);
      expect(errors()).toHaveLength(1);
      for (const part of [
        consumer,
        'in Feature',
        '"shopp"',
        'did you mean `shop`?',
        'shop, bank',
      ]) {
        expect(errors()[0]).toContain(part);
      }
    },
  );

  it('an optional injection of an undeclared provider is not reported', async () => {
    @Injectable()
    class Optionally {
      constructor(@Optional() @InjectHttpService('shopp') readonly http?: HttpService) {}
    }
    @Injectable()
    class OptionallyByProperty {
      @Optional() @InjectTokenProvider('shopp') readonly tokens?: TokenProvider;
    }
    const app = await start({
      imports: [OAuth2ClientModule.forRoot(options)],
      providers: [Optionally, OptionallyByProperty],
    });
    expect(app.get(Optionally).http).toBeUndefined();
    expect(app.get(OptionallyByProperty).tokens).toBeUndefined();
    expect(errors()).toEqual([]);
  });

  it('a provider of a global import is not reported beside an import that declares a similar name', async () => {
    @Module({
      imports: [
        OAuth2ClientModule.forRoot({
          providers: [acme({ url: 'https://x.example' }, { name: 'shopp' })],
        }),
      ],
      providers: [ByParameter],
    })
    class Feature {}
    await start({ imports: [OAuth2ClientModule.forRoot(options), Feature] });
    expect(errors()).toEqual([]);
  });

  it('an ordinary app reports no missing provider', async () => {
    @Injectable()
    class Ordinary {
      constructor(
        @InjectHttpService('shop') readonly shop: HttpService,
        @InjectHttpService() readonly http: HttpService,
      ) {}
    }
    await start({ imports: [OAuth2ClientModule.forRoot(options)], providers: [Ordinary] });
    expect(log.lines.filter((line) => /^(error|warn)/.test(line))).toEqual([]);
  });
});

describe('a provider that is declared where a module cannot see it', () => {
  @Injectable()
  class Orders {
    constructor(@InjectHttpService('shop') readonly http: HttpService) {}
  }
  @Injectable()
  class AnyUrl {
    constructor(@InjectHttpService() readonly http: HttpService) {}
  }
  @Injectable()
  class LookUp {
    constructor(@Inject(TokenProviders) readonly providers: TokenProviders) {}
  }

  /** A feature module that imports nothing, and a root that declares the providers and imports it. */
  function apps(consumer: Type): Type[] {
    @Module({ providers: [consumer] })
    class OrdersModule {}
    @Module({ imports: [OrdersModule, OAuth2ClientModule.forRoot(options)] })
    class FeatureFirst {}
    @Module({ imports: [OAuth2ClientModule.forRoot(options), OrdersModule] })
    class FeatureLast {}
    @Module({ imports: [OAuth2ClientModule.forRoot(options)] })
    class Declaring {}
    @Module({ imports: [Declaring, OrdersModule] })
    class Deep {}
    return [FeatureFirst, FeatureLast, Deep];
  }

  it.each<[Type, string]>([
    [Orders, 'the provider "shop"'],
    [AnyUrl, '@InjectHttpService()'],
    [LookUp, 'TokenProviders'],
  ])(
    'a provider that a module cannot see is reported with both modules before the error of Nest: %p',
    async (consumer, what) => {
      for (const root of apps(consumer)) {
        log.lines.length = 0;
        await rejection(start({ imports: [root] }));
        expect(errors()).toHaveLength(1);
        const declaring = root.name === 'Deep' ? 'Declaring' : root.name;
        expect(errors()[0]).toContain(
          `${consumer.name} in OrdersModule injects ${what}, which is declared in ${declaring} but is not visible in OrdersModule.`,
        );
        expect(errors()[0]).toContain('Set `isGlobal: true`');
        expect(errors()[0]).toContain(`import ${declaring} in OrdersModule`);
      }
    },
  );

  it('a provider that a module exports, or that is global, is not reported', async () => {
    @Module({ imports: [OAuth2ClientModule.forRoot(options)], exports: [OAuth2ClientModule] })
    class Core {}
    @Module({ imports: [Core], exports: [Core] })
    class Shared {}
    @Module({ imports: [Shared], providers: [Orders, AnyUrl, LookUp] })
    class ByExport {}
    @Module({ providers: [Orders, AnyUrl, LookUp] })
    class Bare {}
    await start({ imports: [ByExport] });
    await start({ imports: [Bare, OAuth2ClientModule.forRoot({ ...options, isGlobal: true })] });
    expect(errors()).toEqual([]);
  });
});

describe('a provider that is declared twice', () => {
  const shop = () => ({ providers: [acme({ url: 'https://acme.example' }, { name: 'shop' })] });
  const globally = () => OAuth2ClientModule.forRoot({ ...shop(), isGlobal: true });

  it.each([
    [
      'by two global imports',
      () => [globally(), globally()],
      'Two global imports of OAuth2ClientModule',
    ],
    [
      'by two imports of one module',
      () => [OAuth2ClientModule.forRoot(shop()), OAuth2ClientModule.forRoot(shop())],
      'Two imports of OAuth2ClientModule in Feature',
    ],
  ])('a provider that is declared twice is an error at start: %s', async (_how, imports, told) => {
    @Module({ imports: imports() })
    class Feature {}
    const error = await rejection(start({ imports: [Feature] }));
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', stage: 'configuration' });
    expect(String(error)).toContain(`${told} declare the provider "shop"`);
  });

  it('a provider that two global modules export is an error at start', async () => {
    @Global()
    @Module({ imports: [OAuth2ClientModule.forRoot(shop())], exports: [OAuth2ClientModule] })
    class One {}
    expect(String(await rejection(start({ imports: [One, globally()] })))).toContain(
      'Two global imports of OAuth2ClientModule declare the provider "shop"',
    );
  });

  it('a provider may be declared in two modules that do not see each other, or shared by two modules', async () => {
    @Module({ imports: [OAuth2ClientModule.forRoot(shop())] })
    class One {}
    const shared = globally();
    @Module({ imports: [shared] })
    class Two {}
    await start({ imports: [One, Two, shared] });
    expect(errors()).toEqual([]);
  });
});

describe('beside the HttpModule of @nestjs/axios', () => {
  @Injectable()
  class Consumer {
    constructor(
      @InjectHttpService() readonly ours: HttpService,
      readonly plain: HttpService,
    ) {}
  }

  it.each([
    ['first', () => [HttpModule, OAuth2ClientModule.forRoot(options)]],
    ['last', () => [OAuth2ClientModule.forRoot(options), HttpModule]],
    ['global', () => [HttpModule.register({ global: true }), OAuth2ClientModule.forRoot(options)]],
  ])('each injection gets its own HttpService beside an HttpModule %s', async (_which, imports) => {
    @Module({ imports: imports(), providers: [Consumer] })
    class Feature {}
    const app = await start({ imports: [Feature] });
    const { ours, plain } = app.get(Consumer, { strict: false });
    expect(ours).toBe(app.get(getHttpServiceToken(), { strict: false }));
    expect(plain).toBeInstanceOf(HttpService);
    expect(plain).not.toBe(ours);
    expect([...warnings(), ...errors()]).toEqual([]);
  });
});

describe('an import of the bare class', () => {
  it('an import of the bare class fails at start and says what to import instead', async () => {
    @Module({ imports: [OAuth2ClientModule] })
    class Feature {}
    for (const imports of [[Feature], [OAuth2ClientModule.forRoot(options), Feature]]) {
      const error = await rejection(start({ imports }));
      expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
      expect(String(error)).toContain('OAuth2ClientModule.forRoot');
    }
  });
});

describe('an injection token', () => {
  it('an injection token is the same in every copy of the package', () => {
    expect(getTokenProviderToken('shop')).toBe(
      Symbol.for('nestjs-oauth2-client:TokenProvider(shop)'),
    );
    expect(getHttpServiceToken('shop')).toBe(Symbol.for('nestjs-oauth2-client:HttpService(shop)'));
    expect(getHttpServiceToken()).toBe(Symbol.for('nestjs-oauth2-client:HttpService'));
  });
});

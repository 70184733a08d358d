import type { HttpService } from '@nestjs/axios';
import type { DynamicModule, LoggerService, Type } from '@nestjs/common';
import { Test, type TestingModule, type TestingModuleBuilder } from '@nestjs/testing';

import {
  getHttpServiceToken,
  getTokenProviderToken,
  OAUTH2_RUNTIME,
  OAuth2ClientModule,
  type OAuth2ClientModuleOptions,
  type OAuth2Runtime,
  type TokenProvider,
} from '../../lib/index.js';

export interface AppOptions extends OAuth2ClientModuleOptions {
  readonly isGlobal?: boolean;
  readonly runtime?: Partial<OAuth2Runtime>;
  readonly imports?: (DynamicModule | Type)[];
  /** Last changes to the testing module, such as overrides. */
  readonly adjust?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
}

/** A Nest app with the module in it, as a test uses it. */
export class App {
  private constructor(
    readonly module: TestingModule,
    readonly log: CapturedLog,
  ) {}

  static async start({ runtime, imports = [], adjust, ...options }: AppOptions): Promise<App> {
    const log = new CapturedLog();
    const builder = Test.createTestingModule({
      imports: [OAuth2ClientModule.forRoot(options), ...imports],
    })
      .setLogger(log)
      .overrideProvider(OAUTH2_RUNTIME)
      .useValue({
        clock: runtime?.clock ?? (await import('../../lib/index.js')).systemClock,
        random: runtime?.random ?? Math.random,
      });
    const module = await (adjust?.(builder) ?? builder).compile();
    await module.init();
    return new App(module, log);
  }

  http(provider?: string): HttpService {
    return this.module.get(getHttpServiceToken(provider), { strict: false });
  }

  tokens(provider: string): TokenProvider {
    return this.module.get(getTokenProviderToken(provider), { strict: false });
  }

  close(): Promise<void> {
    return this.module.close();
  }
}

/** Keeps every line that is logged. */
export class CapturedLog implements LoggerService {
  readonly lines: string[] = [];
  readonly debug = this.#at('debug');
  readonly verbose = this.#at('verbose');
  readonly log = this.#at('log');
  readonly warn = this.#at('warn');
  readonly error = this.#at('error');
  readonly fatal = this.#at('fatal');

  #at(level: string) {
    return (...parts: unknown[]) => void this.lines.push([level, ...parts.map(String)].join(' '));
  }
}

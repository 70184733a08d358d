import type { HttpService } from '@nestjs/axios';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  getHttpServiceToken,
  getTokenProviderToken,
  OAUTH2_RUNTIME,
  OAuth2ClientModule,
  type OAuth2ClientModuleOptions,
  type TokenProvider,
} from 'nestjs-oauth2-client';
import { TestClock } from 'nestjs-oauth2-client/testing';
import { firstValueFrom } from 'rxjs';

import { CapturedLog } from '../support/nest-app.js';

/** An app as a user's test starts it, with the names that an app imports. */
export class KitApp {
  private constructor(
    readonly module: TestingModule,
    readonly clock: TestClock,
  ) {}

  static async start(
    options: OAuth2ClientModuleOptions,
    clock: TestClock = new TestClock(),
  ): Promise<KitApp> {
    const module = await Test.createTestingModule({
      imports: [OAuth2ClientModule.forRoot(options)],
    })
      .setLogger(new CapturedLog())
      .overrideProvider(OAUTH2_RUNTIME)
      .useValue(clock.runtime)
      .compile();
    return new KitApp(await module.init(), clock);
  }

  async get(url: string, provider = 'acme'): Promise<unknown> {
    const http = this.module.get<HttpService>(getHttpServiceToken(provider));
    return (await firstValueFrom(http.get<unknown>(url))).data;
  }

  tokens(provider = 'acme'): TokenProvider {
    return this.module.get(getTokenProviderToken(provider));
  }

  close(): Promise<void> {
    return this.module.close();
  }
}

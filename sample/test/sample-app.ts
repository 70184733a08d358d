import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';

import { AppModule } from '../src/app.module.js';
import { SampleLog } from '../src/console/sample-log.js';
import { Traffic } from '../src/console/traffic.js';
import { TartanServer, type TartanServerOptions } from '../src/vendors/tartan-server.js';
import { ZeepayServer, type ZeepayServerOptions } from '../src/vendors/zeepay-server.js';

export interface SampleOptions {
  zeepay?: ZeepayServerOptions;
  tartan?: TartanServerOptions;
  /** Default: Express. */
  adapter?: AbstractHttpAdapter;
  /** Whether its log goes to its page. */
  logs?: boolean;
}

/** The sample as `main.ts` starts it, on random ports, and never against the real vendors. */
export class SampleApp {
  private constructor(
    private readonly app: INestApplication,
    readonly url: string,
    readonly zeepay: ZeepayServer,
    readonly tartan: TartanServer,
  ) {}

  static async start(options: SampleOptions = {}): Promise<SampleApp> {
    return SampleApp.over(
      await new ZeepayServer(options.zeepay).listen(),
      await new TartanServer(options.tartan).listen(),
      options,
    );
  }

  /** One over vendors that another may use, too; the first one to close closes them. */
  static async over(
    zeepay: ZeepayServer,
    tartan: TartanServer,
    { adapter = new ExpressAdapter(), logs = false }: SampleOptions = {},
  ): Promise<SampleApp> {
    const testingModule = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(ZeepayServer)
      .useValue(zeepay)
      .overrideProvider(TartanServer)
      .useValue(tartan)
      .compile();
    const app = testingModule.createNestApplication(adapter, { logger: false });
    if (logs) app.useLogger(app.get(SampleLog));
    await app.listen(0, '127.0.0.1');
    return new SampleApp(app, await app.getUrl(), zeepay, tartan);
  }

  /** Calls both vendors once a second, as `main.ts` does. */
  startTraffic(): void {
    this.app.get(Traffic).start();
  }

  get(path: string): Promise<Response> {
    return fetch(`${this.url}${path}`);
  }

  post(path: string, body: object): Promise<Response> {
    const headers = { 'Content-Type': 'application/json' };
    return fetch(`${this.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  getMany(count: number, path: string): Promise<Response[]> {
    return Promise.all(Array.from({ length: count }, () => this.get(path)));
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

import { HttpService } from '@nestjs/axios';
import { Injectable, Module } from '@nestjs/common';
import type { AxiosRequestConfig, AxiosResponse } from 'axios';
import { firstValueFrom } from 'rxjs';

import { InjectHttpService, type ProviderDefinition, type TokenProvider } from '../../lib/index.js';
import { FakeVendor, type Answer, type Received } from './fake-vendor.js';
import { ManualClock } from './manual-clock.js';
import { App } from './nest-app.js';

@Injectable()
class Shop {
  constructor(@InjectHttpService('acme') readonly http: HttpService) {}
}

@Module({ providers: [Shop] })
class ShopModule {}

/** How an API checks the token of a request with the server that it is from. */
export type Check = (request: Received) => Promise<Answer>;

/** An app that calls an API with the tokens of a real authorization server. */
export class ProtectedApp {
  private constructor(
    readonly app: App,
    readonly api: FakeVendor,
    readonly clock: ManualClock,
  ) {}

  static async start(
    check: Check,
    define: (api: { readonly baseURL: string }) => ProviderDefinition,
  ): Promise<ProtectedApp> {
    const api = await FakeVendor.start();
    api.onApi = check;
    const clock = new ManualClock();
    // The server has the time of this machine, and assertions are only good for a minute of it.
    clock.setWall(Date.now() - clock.now());
    try {
      const app = await App.start({
        runtime: { clock, random: () => 0 },
        isGlobal: true,
        providers: [define({ baseURL: api.url })],
        imports: [ShopModule],
      });
      return new ProtectedApp(app, api, clock);
    } catch (error) {
      await api.close();
      throw error;
    }
  }

  get tokens(): TokenProvider {
    return this.app.tokens('acme');
  }

  /** One request of the service that the HttpService is injected into. */
  call(config: AxiosRequestConfig = {}): Promise<AxiosResponse<Record<string, unknown>>> {
    const { http } = this.app.module.get(Shop, { strict: false });
    return firstValueFrom(http.request({ url: '/orders', ...config }));
  }

  /** So many requests at once. */
  herd(count: number): Promise<AxiosResponse<Record<string, unknown>>[]> {
    return Promise.all(Array.from({ length: count }, () => this.call()));
  }

  /** The tokens that the API was called with, in order. */
  get sent(): (string | undefined)[] {
    return this.api.apiRequests.map(({ token }) => token);
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.api.close();
  }
}

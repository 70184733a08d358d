import type { AxiosError } from 'axios';
import { firstValueFrom } from 'rxjs';

import { FakeVendor } from '../support/fake-vendor.js';
import { HastyClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';
import { Player } from './player.js';
import type { Simulation, VendorCase } from './simulation.js';

/** One app that calls one simulated vendor. */
export class Trial {
  private constructor(
    readonly vendor: FakeVendor,
    readonly simulation: Simulation,
    readonly player: Player,
    readonly clock: HastyClock,
    readonly app: App,
    readonly provider: string,
  ) {}

  static async start({ declare, simulate }: VendorCase): Promise<Trial> {
    const clock = new HastyClock();
    const vendor = await FakeVendor.start();
    const simulation = simulate(vendor.url, () => clock.now());
    const player = new Player(simulation);
    vendor.onToken = (request) => player.answer(request);
    vendor.onApi = vendor.onToken;
    try {
      const definition = declare(vendor.url);
      const app = await App.start({ providers: [definition], runtime: { clock, random: () => 0 } });
      return new Trial(vendor, simulation, player, clock, app, definition.name);
    } catch (error) {
      await vendor.close();
      throw error;
    }
  }

  /** Status and body of an API request. */
  async call(): Promise<{ status: number; data: unknown }> {
    const path = this.simulation.probe ?? '/probe';
    try {
      const { status, data } = await firstValueFrom(this.app.http(this.provider).get(path));
      return { status, data };
    } catch (error) {
      const { response } = error as AxiosError;
      if (!response) throw error;
      return { status: response.status, data: response.data };
    }
  }

  get expiresAt(): number {
    return this.app.tokens(this.provider).status().expiresAt ?? Number.NaN;
  }

  /** Resolves when no renewal is under way. */
  async renewed(): Promise<void> {
    const tokens = this.app.tokens(this.provider);
    while (tokens.status().renewing) await new Promise((resolve) => void setImmediate(resolve));
  }

  /** Method, URL and body of everything that reached the vendor. */
  get arrived(): string[] {
    const { tokenRequests, apiRequests } = this.vendor;
    return [...tokenRequests, ...apiRequests].map(
      ({ method, path, query, text }) => `${method} ${path} ${query.toString()} ${text}`,
    );
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.vendor.close();
  }
}

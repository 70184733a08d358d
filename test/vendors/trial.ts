import type { AxiosError } from 'axios';

import { afterEach, describe, expect, test } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { OAuth2ClientError } from '../../lib/index.js';
import { rejection } from '../support/collect.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { HastyClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';
import { Player } from './player.js';
import type { Simulation, VendorCase } from './simulation.js';

/** Milliseconds by which an expiry in whole seconds may be off. */
const ROUNDING = 2_000;

/** Seconds before the end of a life: a token is stale by then, and not yet expired. */
const nearTheEnd = (lifetime: number) => Math.min(60, lifetime * 0.1);

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

/** Shows that a declaration gets along with its vendor. */
export function tryVendor(vendor: VendorCase): void {
  describe(`vendor ${vendor.name}`, () => {
    let trial: Trial;
    const begun = async () => (trial = await Trial.start(vendor)).simulation;
    afterEach(() => trial.close());

    test('logs in once, and knows how long the token lives', async () => {
      const simulation = await begun();
      const startedAt = trial.clock.now();
      const first = await trial.call();
      expect(first).toEqual({ status: 200, data: first.data });
      expect(simulation.logins()).toBe(1);
      // What is good for one request is not kept, so that its life is nobody's concern.
      const life = simulation.singleUse ? simulation.lifetime * 1_000 : trial.expiresAt - startedAt;
      expect(Math.abs(life - simulation.lifetime * 1_000)).toBeLessThanOrEqual(ROUNDING);
      expect(await trial.call()).toEqual(first);
      expect(simulation.logins()).toBe(simulation.singleUse ? 2 : 1);
      expect(simulation.refreshes()).toBe(0);
      expect(trial.player.refusals).toBe(0);
    });

    test('a token that the API calls expired is replaced unnoticed', async () => {
      const simulation = await begun();
      const before = await trial.call();
      simulation.expireTokens();
      expect(await trial.call()).toEqual({ ...before, status: 200 });
      expect(simulation.logins() + simulation.refreshes()).toBe(2);
    });

    test('a token whose life is over is renewed as the vendor says', async () => {
      const simulation = await begun();
      const before = await trial.call();
      trial.clock.advance(simulation.lifetime * 1_000 + ROUNDING);
      expect(await trial.call()).toEqual({ ...before, status: 200 });
      const { canRefresh = false } = simulation;
      expect([simulation.logins(), simulation.refreshes()]).toEqual(canRefresh ? [1, 1] : [2, 0]);
    });

    test('a token whose life nears its end is renewed beside the calls', async () => {
      const simulation = await begun();
      if (simulation.singleUse) return;
      await trial.call();
      const { expiresAt } = trial;
      const { lifetime } = simulation;
      trial.clock.advance((lifetime - nearTheEnd(lifetime)) * 1_000);
      await trial.call();
      await trial.renewed();
      expect(trial.expiresAt).toBeGreaterThan(expiresAt);
      expect((await trial.call()).status).toBe(200);
      expect(trial.player.refusals).toBe(0);
      const { canRefresh = false, canExtend = false } = simulation;
      const renews = canRefresh || canExtend;
      expect([simulation.logins(), simulation.refreshes()]).toEqual(renews ? [1, 1] : [2, 0]);
    });

    test('nothing but what is documented is taken', async () => {
      const { lifetime } = await begun();
      trial.player.varies = true;
      expect((await trial.call()).status).toBe(200);
      trial.clock.advance((lifetime - nearTheEnd(lifetime)) * 1_000);
      expect((await trial.call()).status).toBe(200);
      await trial.renewed();
      expect(trial.player.taken).toEqual([]);
    });

    test('a refused login is told once, and without secrets', async () => {
      const simulation = await begun();
      if (simulation.selfSigned) return;
      simulation.refuseLogins();
      const error = await rejection(trial.call());
      expect(error).toBeInstanceOf(OAuth2ClientError);
      const code: unknown = expect.stringMatching(/_REJECTED$|^REAUTHENTICATION_REQUIRED$/);
      expect(error).toMatchObject({ provider: trial.provider, code, retryable: false });
      expect(new Set(trial.arrived).size).toBe(trial.arrived.length);
      expectNoSecret(error, simulation.secrets);
      expectNoSecret(trial.app.log.lines, simulation.secrets);
    });
  });
}

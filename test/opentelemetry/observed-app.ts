import { firstValueFrom } from 'rxjs';
import type { AxiosRequestConfig } from 'axios';
import { OAuth2OpenTelemetryModule } from 'nestjs-oauth2-client/opentelemetry';

import type { TokenStore } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { HastyClock } from '../support/manual-clock.js';
import { App, type AppOptions } from '../support/nest-app.js';
import { idle } from '../support/provider-bench.js';

export interface ObservedAppOptions extends Pick<AppOptions, 'imports' | 'adjust'> {
  /** Changes to the definition. */
  readonly definition?: Readonly<Record<string, unknown>>;
  readonly store?: TokenStore;
}

/** A vendor, and apps that call its API and are observed by OpenTelemetry, on one manual clock. */
export class Scene {
  readonly clock = new HastyClock();
  /** Seconds by which the clock of the vendor is ahead. */
  skew = 0;
  readonly #apps: App[] = [];

  private constructor(readonly vendor: FakeVendor) {
    this.answer(() => vendor.grant());
  }

  static async prepare(): Promise<Scene> {
    return new Scene(await FakeVendor.start());
  }

  /** How the token endpoint answers from now on. */
  answer(answerOf: FakeVendor['onToken']): void {
    this.vendor.onToken = async (request, count) => {
      const answer = await answerOf(request, count);
      if (typeof answer === 'function') return answer;
      const date = new Date(this.clock.now() + this.skew * 1_000).toUTCString();
      return { ...answer, headers: { date, ...answer.headers } };
    };
  }

  async start(options: ObservedAppOptions = {}): Promise<ObservedApp> {
    const { definition = {}, store, imports = [], adjust } = options;
    const app = await App.start({
      runtime: { clock: this.clock, random: () => 0 },
      providers: [acme(this.vendor, definition)],
      imports: [OAuth2OpenTelemetryModule, ...imports],
      ...(store && { store }),
      ...(adjust && { adjust }),
    });
    this.#apps.push(app);
    return new ObservedApp(app);
  }

  async close(): Promise<void> {
    await Promise.all(this.#apps.map((app) => app.close()));
    await this.vendor.close();
  }
}

export class ObservedApp {
  constructor(readonly app: App) {}

  /** The status of a call to the API, or the code of its error. Renewals that it has begun have ended. */
  async call(config: AxiosRequestConfig = {}): Promise<number | string> {
    const response = firstValueFrom(this.app.http('acme').request({ url: '/orders', ...config }));
    const outcome = await response.then(
      ({ status }) => status,
      (error: unknown) => outcomeOf(error as CallError),
    );
    await this.settled();
    return outcome;
  }

  async settled(): Promise<void> {
    do await idle();
    while (
      this.app
        .tokens('acme')
        .statuses()
        .some(({ renewing }) => renewing)
    );
  }
}

interface CallError {
  readonly code: string;
  readonly response?: { readonly status: number };
}

function outcomeOf({ code, response }: CallError): number | string {
  return response?.status ?? code;
}

import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { metrics, trace } from '@opentelemetry/api';

import { harmless } from '../core/events.js';
import { clientsOf } from '../module/app-providers.js';
import { observeAccounts } from './account-gauges.js';
import { eventMetrics } from './event-metrics.js';
import { eventSpans } from './event-spans.js';
import { listenerOf } from './recorders.js';

/** Name of the instrumentation scope of all metrics and spans. */
const SCOPE = 'nestjs-oauth2-client';

/**
 * Reports the tokens of an app as OpenTelemetry metrics and spans. It needs no configuration: one import observes
 * every `OAuth2ClientModule` of the app. Without an OpenTelemetry SDK it does nothing.
 *
 * The SDK must be started before the app, as OpenTelemetry asks of every app. `docs/metrics.md` lists what is
 * reported.
 *
 * ```ts
 * @Module({ imports: [OAuth2ClientModule.forRoot({ providers }), OAuth2OpenTelemetryModule] })
 * export class AppModule {}
 * ```
 */
@Module({})
export class OAuth2OpenTelemetryModule implements OnModuleInit, OnApplicationShutdown {
  readonly #modules: ModulesContainer;
  #stopObserving = () => {};

  constructor(@Inject(ModulesContainer) modules: ModulesContainer) {
    this.#modules = modules;
  }

  /** Called by Nest. Instruments that are made before the SDK is started would never record anything. */
  onModuleInit(): void {
    const clients = clientsOf(this.#modules);
    const meter = metrics.getMeter(SCOPE);
    const recorders = [eventMetrics(meter), eventSpans(trace.getTracer(SCOPE))];
    for (const listener of recorders.map(listenerOf).map(harmless)) {
      for (const { events } of clients) events.subscribe(listener);
    }
    this.#stopObserving = observeAccounts(meter, clients);
  }

  /** Called by Nest: the accounts of an app that has closed are no longer observed. */
  onApplicationShutdown(): void {
    this.#stopObserving();
  }
}

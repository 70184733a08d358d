import { context, metrics, trace, type Attributes } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';

import { LoopbackServer } from '../../lib/testing/loopback-server.js';

const PREFIX = 'oauth2.client.';

/** A value, or for a histogram the number of values and their sum. */
type Point = number | readonly [count: number, sum: number];

/** The points of each metric, by the values of their attributes. */
export type Metrics = Record<string, Record<string, Point>>;

/** An OpenTelemetry SDK that exports into memory. What starts after it reports to it. */
export class Telemetry {
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  readonly #reader = new PeriodicExportingMetricReader({
    exporter: this.#metrics,
    exportIntervalMillis: 2 ** 31 - 1,
  });
  readonly #prometheus = new PrometheusExporter({ preventServerStart: true });
  readonly #meters = new MeterProvider({ readers: [this.#reader, this.#prometheus] });
  readonly #spans = new InMemorySpanExporter();

  /** Ends the one before, which still gets what started under it. */
  static start(): Telemetry {
    Telemetry.stop();
    return new Telemetry();
  }

  static stop(): void {
    metrics.disable();
    trace.disable();
    context.disable();
  }

  private constructor() {
    metrics.setGlobalMeterProvider(this.#meters);
    const spanProcessors = [new SimpleSpanProcessor(this.#spans)];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  get spans(): ReadableSpan[] {
    return this.#spans.getFinishedSpans();
  }

  /** Everything that is exported now. */
  async exported(): Promise<MetricData[]> {
    this.#metrics.reset();
    await this.#reader.forceFlush();
    return this.#metrics
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
  }

  /** The metrics as a test compares them. */
  async metrics(): Promise<Metrics> {
    const exported = await this.exported();
    return Object.fromEntries(
      exported.map((metric) => [metric.descriptor.name.replace(PREFIX, ''), pointsOf(metric)]),
    );
  }

  /** The page that Prometheus gets, by HTTP. */
  async page(): Promise<string> {
    const server = await LoopbackServer.start();
    server.serve((request, response) =>
      this.#prometheus.getMetricsRequestHandler(request, response),
    );
    const page = await fetch(`${server.url}/metrics`);
    const text = await page.text();
    await server.close();
    return text;
  }

  async close(): Promise<void> {
    Telemetry.stop();
    await this.#meters.shutdown();
  }
}

function pointsOf(metric: MetricData): Record<string, Point> {
  if (metric.dataPointType === DataPointType.HISTOGRAM) {
    const points = metric.dataPoints.map(
      ({ attributes, value: { count, sum } }) => [keyOf(attributes), [count, sum ?? 0]] as const,
    );
    return Object.fromEntries(points);
  }
  const points = metric.dataPoints as { attributes: Attributes; value: number }[];
  return Object.fromEntries(points.map(({ attributes, value }) => [keyOf(attributes), value]));
}

function keyOf(attributes: Attributes): string {
  return Object.values(attributes).map(String).join(' ');
}

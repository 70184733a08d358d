import type { IncomingMessage, ServerResponse } from 'node:http';

import { Controller, Get, Req, Res, type OnApplicationShutdown } from '@nestjs/common';
import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** Fastify has the objects of Node in `raw`. */
type Raw<T> = T & { raw?: T; hijack?: () => void };

/** Starts the SDK of OpenTelemetry, and shows Prometheus what it has. */
@Controller('metrics')
export class MetricsController implements OnApplicationShutdown {
  private readonly exporter = new PrometheusExporter({ preventServerStart: true });
  private readonly provider = new MeterProvider({ readers: [this.exporter] });

  constructor() {
    metrics.setGlobalMeterProvider(this.provider);
  }

  @Get()
  read(@Req() request: Raw<IncomingMessage>, @Res() response: Raw<ServerResponse>): void {
    response.hijack?.();
    this.exporter.getMetricsRequestHandler(request.raw ?? request, response.raw ?? response);
  }

  async onApplicationShutdown(): Promise<void> {
    metrics.disable();
    await this.provider.shutdown();
  }
}

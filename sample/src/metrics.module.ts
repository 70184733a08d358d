import { Module } from '@nestjs/common';
import { OAuth2OpenTelemetryModule } from 'nestjs-oauth2-client/opentelemetry';

import { MetricsController } from './metrics.controller.js';

@Module({ imports: [OAuth2OpenTelemetryModule], controllers: [MetricsController] })
export class MetricsModule {}

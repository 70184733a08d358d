import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { OAuth2HealthIndicator } from 'nestjs-oauth2-client/terminus';

import { HealthController } from './health.controller.js';

@Module({
  imports: [TerminusModule],
  controllers: [HealthController],
  providers: [OAuth2HealthIndicator],
})
export class HealthModule {}

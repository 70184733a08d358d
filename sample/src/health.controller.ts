import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { OAuth2HealthIndicator } from 'nestjs-oauth2-client/terminus';

/** Answers 503 while a vendor has no token to give. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly oauth2: OAuth2HealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.oauth2.checkAll()]);
  }
}

// The entry point `nestjs-oauth2-client/terminus`: health checks for @nestjs/terminus.
export { OAuth2HealthIndicator, type OAuth2HealthOptions } from './health-indicator.js';
export type { OAuth2HealthReport } from './health-report.js';

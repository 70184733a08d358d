/**
 * The entry point `nestjs-oauth2-client/opentelemetry`: metrics and spans through `@opentelemetry/api`.
 *
 * @packageDocumentation
 */
export { OAuth2OpenTelemetryModule } from './opentelemetry.module.js';

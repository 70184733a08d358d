import { Catch, HttpException, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter, type AbstractHttpAdapter } from '@nestjs/core';

import { OAuth2ClientError, type OAuth2ErrorStage } from '../core/errors.js';

/** Stages at which a failure is the app's own: what it configured, or the call it made. */
const OWN_STAGES: readonly OAuth2ErrorStage[] = ['configuration', 'api request'];

/**
 * Answers for a token that could not be had: 503 with `Retry-After` if trying again makes sense, 500 for
 * a mistake in the app's own call, else 502. The body tells code and provider, and neither credentials
 * nor the vendor's words.
 *
 * Apply it with `{ provide: APP_FILTER, useClass: OAuth2ExceptionFilter }`, so that Nest makes it.
 */
@Catch(OAuth2ClientError)
export class OAuth2ExceptionFilter extends BaseExceptionFilter<OAuth2ClientError> {
  override catch(error: OAuth2ClientError, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const { code, provider, stage, retryable, retryAfter } = error;
    const ofFailure = OWN_STAGES.includes(stage) ? 500 : 502;
    const statusCode = retryable ? 503 : ofFailure;
    const adapter =
      (this.applicationRef as AbstractHttpAdapter | undefined) ?? this.httpAdapterHost?.httpAdapter;
    const response: unknown = host.switchToHttp().getResponse();
    if (retryable && adapter && !adapter.isHeadersSent(response)) {
      adapter.setHeader(response, 'Retry-After', String(retryAfter ?? 1));
    }
    const message = `The API of ${provider} cannot be called now.`;
    const body = { statusCode, error: code, message };
    super.catch(new HttpException(body, statusCode) as unknown as OAuth2ClientError, host);
  }
}

import { Catch, HttpException, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { throwError } from 'rxjs';

import { OAuth2ClientError, type OAuth2ErrorStage } from '../core/errors.js';
import { emitException, expressOrFastify, type ResponseWriter } from './responses.js';

/** Stages at which a failure is the app's own: what it configured, or the call it made. */
const OWN_STAGES: readonly OAuth2ErrorStage[] = ['configuration', 'api request'];

/**
 * Answers the callers of an app when a token could not be had. They learn the code and the provider, and
 * neither credentials nor the vendor's words.
 *
 * - HTTP: 503 with `Retry-After` (seconds) if trying again makes sense, 500 for a mistake in the app's own
 *   call, else 502. The body is `{ statusCode, error, message }`; `error` is the code.
 * - Microservices: the caller gets the error `{ status: 'error', statusCode, error, message, retryAfter }`.
 * - WebSockets: the client gets the event `exception` with the same members.
 * - GraphQL: an `HttpException` with the body and the status as for HTTP.
 * - Anywhere else, such as in a command: the error itself is thrown again.
 *
 * Apply it with `{ provide: APP_FILTER, useClass: OAuth2ExceptionFilter }`, with
 * `app.useGlobalFilters(new OAuth2ExceptionFilter())` or with `@UseFilters(OAuth2ExceptionFilter)`. For an HTTP
 * adapter that is neither that of Express nor that of Fastify, let Nest make the filter, or pass the adapter.
 */
@Catch(OAuth2ClientError)
export class OAuth2ExceptionFilter extends BaseExceptionFilter<OAuth2ClientError> {
  /** @returns for a microservice, an Observable that fails with what the caller gets */
  override catch(error: OAuth2ClientError, host: ArgumentsHost): unknown {
    const { statusCode, retryAfter } = meaningOf(error);
    const message = `The API of ${error.provider} cannot be called now.`;
    const body = { statusCode, error: error.code, message };
    const payload = { status: 'error', ...body, retryAfter };
    switch (host.getType<string>()) {
      case 'http':
        this.#answer(host.switchToHttp().getResponse(), body, retryAfter);
        return undefined;
      case 'rpc':
        return throwError(() => payload);
      case 'ws':
        emitException(host.switchToWs().getClient(), payload);
        return undefined;
      case 'graphql':
        throw new HttpException(body, statusCode);
      default:
        throw error;
    }
  }

  #answer(response: unknown, body: { statusCode: number }, retryAfter: number | undefined): void {
    const writer: ResponseWriter =
      this.applicationRef ?? this.httpAdapterHost?.httpAdapter ?? expressOrFastify;
    if (writer.isHeadersSent(response)) return void writer.end(response);
    if (retryAfter !== undefined) writer.setHeader(response, 'Retry-After', String(retryAfter));
    writer.reply(response, body, body.statusCode);
  }
}

/** The HTTP status of a failure, and in how many seconds it makes sense to try again. */
function meaningOf({ retryable, retryAfter = 1, stage }: OAuth2ClientError) {
  if (retryable) return { statusCode: 503, retryAfter };
  return { statusCode: OWN_STAGES.includes(stage) ? 500 : 502, retryAfter: undefined };
}

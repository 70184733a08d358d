import { Catch, HttpException, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter, type AbstractHttpAdapter } from '@nestjs/core';
import { throwError } from 'rxjs';

import { OAuth2ClientError, type OAuth2ErrorStage } from '../core/errors.js';

/** Stages whose failures are mistakes of the app: in its configuration, or in its call. */
const OWN_STAGES: readonly OAuth2ErrorStage[] = ['configuration', 'api request'];

/** What the filter needs of an HTTP adapter. */
type ResponseWriter = Pick<AbstractHttpAdapter, 'isHeadersSent' | 'setHeader' | 'reply' | 'end'>;

/** What the responses of Express and of Fastify have in common. Only Fastify has `raw`. */
interface AnyResponse {
  status(code: number): AnyResponse;
  header(name: string, value: string): AnyResponse;
  send(body: string): void;
  readonly raw?: RawResponse;
}

interface RawResponse {
  readonly headersSent: boolean;
  end(): void;
}

const rawOf = (response: AnyResponse) => response.raw ?? (response as unknown as RawResponse);

/** Takes the place of the adapter if Nest has not created the filter. */
const expressOrFastify: ResponseWriter = {
  isHeadersSent: (response: AnyResponse) => rawOf(response).headersSent,
  setHeader: (response: AnyResponse, name, value) => response.header(name, value),
  reply(response: AnyResponse, body: object, statusCode) {
    const status = response.status(statusCode!);
    status.header('Content-Type', 'application/json; charset=utf-8').send(JSON.stringify(body));
  },
  end: (response: AnyResponse) => rawOf(response).end(),
};

/**
 * Responds to the callers of an app when there is no token. The response has the code and the provider, but no
 * credentials and no text of the vendor.
 *
 * - HTTP: 503 with `Retry-After` (seconds) if another attempt makes sense, 500 for a mistake in the app's own call, or
 *   else 502. The body is `{ statusCode, error, message }`; `error` is the code.
 * - Microservices: the caller gets the error `{ status: 'error', statusCode, error, message, retryAfter }`.
 * - WebSockets: the client gets the event `exception` with the same members.
 * - GraphQL: the resolver fails with an `HttpException` that has the body and the status of HTTP.
 * - Anywhere else, such as in a command: the filter throws the error again.
 *
 * Apply it with `{ provide: APP_FILTER, useClass: OAuth2ExceptionFilter }`, with `app.useGlobalFilters(new
 * OAuth2ExceptionFilter())` or with `@UseFilters(OAuth2ExceptionFilter)`. With an HTTP adapter other than those of
 * Express and Fastify, let Nest create the filter, or pass the adapter to the constructor.
 */
@Catch(OAuth2ClientError)
export class OAuth2ExceptionFilter extends BaseExceptionFilter<OAuth2ClientError> {
  /** @returns for a microservice, an Observable that fails with the error for the caller */
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

/** The HTTP status of a failure, and the seconds until another attempt makes sense. */
function meaningOf({ retryable, retryAfter = 1, stage }: OAuth2ClientError) {
  if (retryable) return { statusCode: 503, retryAfter };
  return { statusCode: OWN_STAGES.includes(stage) ? 500 : 502, retryAfter: undefined };
}

/** A client of a gateway. A socket of Socket.IO has events; a socket of the package `ws` has only messages. */
interface WebSocketClient {
  emit?(event: string, payload: object): void;
  send?(message: string): void;
  readonly readyState?: number;
}

/** Sends the event `exception`, in the form in which Nest's adapter for the client sends events. */
function emitException(client: WebSocketClient, payload: object): void {
  if (typeof client.readyState !== 'number') return void client.emit?.('exception', payload);
  client.send?.(JSON.stringify({ event: 'exception', data: payload }));
}

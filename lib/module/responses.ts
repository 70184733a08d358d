import type { AbstractHttpAdapter } from '@nestjs/core';

/** What a filter needs of an HTTP adapter. */
export type ResponseWriter = Pick<
  AbstractHttpAdapter,
  'isHeadersSent' | 'setHeader' | 'reply' | 'end'
>;

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

/** Stands in for the adapter where Nest has not made the filter, and so has not given it one. */
export const expressOrFastify: ResponseWriter = {
  isHeadersSent: (response: AnyResponse) => rawOf(response).headersSent,
  setHeader: (response: AnyResponse, name, value) => response.header(name, value),
  reply(response: AnyResponse, body: object, statusCode) {
    const status = response.status(statusCode!);
    status.header('Content-Type', 'application/json; charset=utf-8').send(JSON.stringify(body));
  },
  end: (response: AnyResponse) => rawOf(response).end(),
};

/** A client of a gateway: a Socket.IO socket has events, a socket of the package `ws` only messages. */
interface WebSocketClient {
  emit?(event: string, payload: object): void;
  send?(message: string): void;
  readonly readyState?: number;
}

/** Sends the event `exception`, in the form in which Nest's adapter for the client sends events. */
export function emitException(client: WebSocketClient, payload: object): void {
  if (typeof client.readyState !== 'number') return void client.emit?.('exception', payload);
  client.send?.(JSON.stringify({ event: 'exception', data: payload }));
}

// What OAuth2ExceptionFilter answers in real apps: Express and Fastify, a microservice and a gateway, and
// each way to apply the filter. Nest's decorators are called as functions, for this file is not compiled.
import 'reflect-metadata';
import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { Controller, Get, Module, UseFilters } from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { OAuth2ClientError, OAuth2ExceptionFilter } from 'nestjs-oauth2-client';
import { firstValueFrom, timeout } from 'rxjs';
import { WebSocket } from 'ws';

const HOST = '127.0.0.1';
/** Milliseconds for an answer that should be there at once. */
const PATIENCE = 10_000;
const logger = false;
const body = {
  statusCode: 503,
  error: 'THROTTLED',
  message: 'The API of acme cannot be called now.',
};
const payload = { status: 'error', ...body, retryAfter: 7 };

function fail() {
  throw new OAuth2ClientError({
    code: 'THROTTLED',
    provider: 'acme',
    stage: 'token request',
    reason: 'The words of the vendor.',
    hint: 'Wait.',
    retryable: true,
    retryAfter: 7,
  });
}

/** A class whose only method fails, with decorators for the method and for the class. */
function failing(onMethod, ...onClass) {
  class Failing {
    fail() {
      fail();
    }
  }
  onMethod(Failing.prototype, 'fail', Object.getOwnPropertyDescriptor(Failing.prototype, 'fail'));
  onClass.forEach((decorate) => decorate(Failing));
  return Failing;
}

function appOf(metadata) {
  class AppModule {}
  Module(metadata)(AppModule);
  return AppModule;
}

/** A microservice does not tell which port it has taken. */
async function freePort() {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address();
  await once(server.close(), 'close');
  return port;
}

const adapters = { Express: () => new ExpressAdapter(), Fastify: () => new FastifyAdapter() };
const ways = {
  APP_FILTER: { providers: [{ provide: APP_FILTER, useClass: OAuth2ExceptionFilter }] },
  useGlobalFilters: { filters: [new OAuth2ExceptionFilter()] },
  '@UseFilters(class)': { onClass: [UseFilters(OAuth2ExceptionFilter)] },
  '@UseFilters(object)': { onClass: [UseFilters(new OAuth2ExceptionFilter())] },
};
for (const [adapter, create] of Object.entries(adapters)) {
  for (const [way, { providers = [], filters = [], onClass = [] }] of Object.entries(ways)) {
    const controller = failing(Get('orders'), Controller(), ...onClass);
    const module = appOf({ controllers: [controller], providers });
    const app = await NestFactory.create(module, create(), { logger });
    app.useGlobalFilters(...filters);
    await app.listen(0, HOST);
    const { port } = app.getHttpServer().address();
    const response = await fetch(`http://${HOST}:${port}/orders`);
    const got = [response.status, response.headers.get('retry-after'), await response.json()];
    deepEqual(got, [503, '7', body], `${adapter}, ${way}`);
    equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    await app.close();
  }
}

// A microservice that is connected to an HTTP app.
{
  const controller = failing(MessagePattern('orders'), Controller());
  const app = await NestFactory.create(appOf({ controllers: [controller] }), { logger });
  app.useGlobalFilters(new OAuth2ExceptionFilter());
  const server = { transport: Transport.TCP, options: { host: HOST, port: await freePort() } };
  app.connectMicroservice(server, { inheritAppConfig: true });
  await app.startAllMicroservices();
  const client = ClientProxyFactory.create(server);
  const answer = client.send('orders', {}).pipe(timeout(PATIENCE));
  const [outcome] = await Promise.allSettled([firstValueFrom(answer)]);
  deepEqual(outcome, { status: 'rejected', reason: payload });
  client.close();
  await app.close();
}

// A gateway with plain WebSockets.
{
  const gateway = failing(
    SubscribeMessage('orders'),
    UseFilters(OAuth2ExceptionFilter),
    WebSocketGateway(),
  );
  const app = await NestFactory.create(appOf({ providers: [gateway] }), { logger });
  app.useWebSocketAdapter(new WsAdapter(app));
  await app.listen(0, HOST);
  const client = new WebSocket(`ws://${HOST}:${app.getHttpServer().address().port}`);
  await once(client, 'open');
  client.send(JSON.stringify({ event: 'orders', data: {} }));
  const [message] = await once(client, 'message', { signal: AbortSignal.timeout(PATIENCE) });
  deepEqual(JSON.parse(message), { event: 'exception', data: payload });
  client.terminate();
  await app.close();
}

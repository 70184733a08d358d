import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';

import type { HttpService } from '@nestjs/axios';
import {
  Controller,
  Get,
  HttpException,
  Res,
  UseFilters,
  type INestApplication,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, ExternalContextCreator, HttpAdapterHost } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { firstValueFrom, lastValueFrom, type Observable } from 'rxjs';

import {
  InjectHttpService,
  OAuth2ClientError,
  OAuth2ClientModule,
  OAuth2ExceptionFilter,
  OAUTH2_RUNTIME,
} from '../../lib/index.js';
import { acme, CLIENT_SECRET } from '../support/acme.js';
import { rejection } from '../support/collect.js';
import { FakeVendor, reset, type Answer } from '../support/fake-vendor.js';
import { impatientClock } from '../support/manual-clock.js';
import { CapturedLog } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const WORDS = 'the-words-of-the-vendor';

@Controller()
class OrdersController {
  constructor(@InjectHttpService('acme') private readonly http: HttpService) {}

  @Get('orders')
  async orders(): Promise<unknown> {
    return (await firstValueFrom(this.http.get('/orders'))).data as unknown;
  }

  /** Fails when a part of the answer is on its way already. */
  @Get('export')
  async export(@Res() response: ServerResponse): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/csv' }).write('id,amount\n');
    await firstValueFrom(this.http.get('/orders'));
  }

  @Get('mistaken')
  async mistaken(): Promise<unknown> {
    return firstValueFrom(this.http.get('/orders', { oauth2: { subject: '' } }));
  }

  @Get('broken')
  broken(): never {
    throw new Error('of the app itself');
  }
}

@Controller()
@UseFilters(OAuth2ExceptionFilter)
class FilteredByClass extends OrdersController {}

@Controller()
@UseFilters(new OAuth2ExceptionFilter())
class FilteredByObject extends OrdersController {}

interface Way {
  readonly controller?: Type;
  readonly providers?: Provider[];
  readonly adjust?: (app: INestApplication) => void;
}

const WAYS: readonly (readonly [string, Way])[] = [
  ['as APP_FILTER', { providers: [{ provide: APP_FILTER, useClass: OAuth2ExceptionFilter }] }],
  [
    'by useGlobalFilters, without the adapter',
    { adjust: (app) => app.useGlobalFilters(new OAuth2ExceptionFilter()) },
  ],
  [
    'by useGlobalFilters, with the adapter',
    {
      adjust: (app) =>
        app.useGlobalFilters(new OAuth2ExceptionFilter(app.get(HttpAdapterHost).httpAdapter)),
    },
  ],
  ['by @UseFilters with the class', { controller: FilteredByClass }],
  ['by @UseFilters with an object', { controller: FilteredByObject }],
];

describe.each(WAYS)('OAuth2ExceptionFilter %s', (_how, { controller, providers, adjust }) => {
  let vendor: FakeVendor;
  let app: INestApplication<Server>;
  let log: CapturedLog;

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    const module = await Test.createTestingModule({
      imports: [OAuth2ClientModule.forRoot({ providers: [acme(vendor)] })],
      controllers: [controller ?? OrdersController],
      providers: providers ?? [],
    })
      .overrideProvider(OAUTH2_RUNTIME)
      .useValue({ clock: impatientClock(), random: () => 0 })
      .setLogger((log = new CapturedLog()))
      .compile();
    app = module.createNestApplication();
    adjust?.(app);
    await app.init();
    const server = app.getHttpServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  const ask = async (path = 'orders') => {
    const { port } = app.getHttpServer().address() as { port: number };
    const response = await fetch(`http://127.0.0.1:${port}/${path}`);
    const headers = Object.fromEntries(response.headers);
    return { status: response.status, headers, body: await response.text() };
  };

  it.each<[string, Answer, number, string]>([
    ['is down', { status: 500, body: WORDS }, 503, 'TOKEN_ENDPOINT_UNAVAILABLE'],
    ['cannot be reached', reset, 503, 'TOKEN_ENDPOINT_UNREACHABLE'],
    ['refuses the credentials', refusal('invalid_client'), 502, 'CREDENTIALS_REJECTED'],
    ['refuses the scope', refusal('invalid_scope'), 502, 'TOKEN_REQUEST_REJECTED'],
    ['answers nonsense', { body: { token: WORDS } }, 502, 'TOKEN_RESPONSE_INVALID'],
  ])('the exception filter responds when a vendor %s', async (_what, answer, status, error) => {
    vendor.onToken = () => answer;
    const got = await ask();
    expect(got.status).toBe(status);
    const body = JSON.parse(got.body) as object;
    expect(body).toEqual({ statusCode: status, error, message: expect.stringContaining('acme') });
    if (status === 503) expect(Number(got.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    else expect(got.headers['retry-after']).toBeUndefined();
    expectNoSecret(got, [CLIENT_SECRET, WORDS]);
  });

  it('the exception filter passes on the `Retry-After` of the vendor', async () => {
    vendor.onToken = () => ({ status: 429, headers: { 'retry-after': '120' } });
    const { status, headers } = await ask();
    expect([status, headers['retry-after']]).toEqual([503, '120']);
  });

  it('the exception filter responds with 500 to a mistake in the call of the app', async () => {
    const { status, body } = await ask('mistaken');
    expect([status, JSON.parse(body)]).toEqual([
      500,
      expect.objectContaining({ statusCode: 500, error: 'REQUEST_INVALID' }),
    ]);
    expect(vendor.tokenRequests).toHaveLength(0);
  });

  it('the exception filter ends a response whose headers are sent and does not change it', async () => {
    vendor.onToken = () => ({ status: 503, headers: { 'retry-after': '120' } });
    const { status, headers, body } = await ask('export');
    expect([status, body]).toEqual([200, 'id,amount\n']);
    expect(headers['retry-after']).toBeUndefined();
    expect(vendor.tokenRequests.length).toBeGreaterThan(0);
    expect(log.lines.filter((line) => line.startsWith('error'))).toEqual([]);
    expect((await ask()).status).toBe(503); // the server has survived it
  });

  it('the exception filter leaves other errors to Nest', async () => {
    vendor.onApi = () => ({ status: 404 });
    for (const path of ['broken', 'orders', 'nowhere']) {
      const { status, headers } = await ask(path);
      expect([path, status]).toEqual([path, path === 'nowhere' ? 404 : 500]);
      expect(headers['retry-after']).toBeUndefined();
    }
  });
});

describe('OAuth2ExceptionFilter outside of HTTP', () => {
  const THROTTLED = {
    code: 'THROTTLED',
    provider: 'acme',
    stage: 'token request',
    reason: WORDS,
    hint: 'Wait.',
    retryable: true,
    retryAfter: 120,
  } as const;
  const BODY = { statusCode: 503, error: 'THROTTLED', message: expect.stringContaining('acme') };

  @UseFilters(OAuth2ExceptionFilter)
  class Handler {
    handle(this: void, ...args: unknown[]): never {
      throw args[1] as Error;
    }
  }

  /** Calls the handler as Nest's own integrations do: with the filters of its class, and a type of context. */
  async function outcomeIn(
    contextType: string,
    { client = {}, error = new OAuth2ClientError(THROTTLED) } = {},
  ) {
    const app = await Test.createTestingModule({ providers: [Handler] })
      .setLogger(new CapturedLog())
      .compile();
    const handler = app.get(Handler);
    const call = app.get(ExternalContextCreator).create(
      handler,
      handler.handle,
      'handle',
      undefined,
      undefined,
      undefined,
      undefined,
      {
        guards: true,
        interceptors: true,
        filters: true,
      },
      contextType,
    );
    try {
      return (await call(client, error)) as unknown;
    } finally {
      await app.close();
    }
  }

  it('a microservice fails towards its caller with the code, the status and the wait', async () => {
    const answer = (await outcomeIn('rpc')) as Observable<never>;
    expect(await rejection(lastValueFrom(answer))).toEqual({
      status: 'error',
      ...BODY,
      retryAfter: 120,
    });
  });

  it('a client of a gateway gets the event `exception`, as Socket.IO sends it', async () => {
    const client = { emit: jest.fn() };
    await rejection(outcomeIn('ws', { client })); // a gateway, unlike this caller, ends with the event
    expect(client.emit.mock.calls).toEqual([
      ['exception', { status: 'error', ...BODY, retryAfter: 120 }],
    ]);
  });

  it('a client of a gateway gets it as a message where it is a plain WebSocket', async () => {
    const client = { readyState: 1, emit: jest.fn(), send: jest.fn<(text: string) => void>() };
    await rejection(outcomeIn('ws', { client })); // a gateway, unlike this caller, ends with the event
    expect(client.emit).not.toHaveBeenCalled();
    expect(client.send.mock.calls.map(([text]) => JSON.parse(text) as object)).toEqual([
      { event: 'exception', data: { status: 'error', ...BODY, retryAfter: 120 } },
    ]);
  });

  it('a GraphQL resolver fails with an HttpException that quotes nothing of the vendor', async () => {
    const error = await rejection(outcomeIn('graphql'));
    expect(error).toBeInstanceOf(HttpException);
    expect((error as HttpException).getStatus()).toBe(503);
    expect((error as HttpException).getResponse()).toEqual(BODY);
    expectNoSecret(error, [WORDS]);
  });

  it('a command gets the error itself', async () => {
    expect(await rejection(outcomeIn('commander'))).toMatchObject(THROTTLED);
  });

  it('the exception filter states no wait if another attempt makes no sense', async () => {
    const error = new OAuth2ClientError({
      ...THROTTLED,
      code: 'CREDENTIALS_REJECTED',
      retryable: false,
    });
    const answer = (await outcomeIn('rpc', { error })) as Observable<never>;
    expect(await rejection(lastValueFrom(answer))).toEqual({
      status: 'error',
      statusCode: 502,
      error: 'CREDENTIALS_REJECTED',
      message: expect.stringContaining('acme'),
      retryAfter: undefined,
    });
  });
});

function refusal(error: string): Answer {
  return { status: 400, body: { error, error_description: WORDS } };
}

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { context, SpanKind, SpanStatusCode, trace, type HrTime } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

import { Telemetry } from '../support/telemetry.js';
import { Scene } from './observed-app.js';

let scene: Scene;
let telemetry: Telemetry;

beforeEach(async () => {
  telemetry = Telemetry.start();
  scene = await Scene.prepare();
});
afterEach(async () => {
  await scene.close();
  await telemetry.close();
});

/** Runs work in a span of the caller, such as that of the request that a controller handles. */
async function inSpan<T>(name: string, work: () => Promise<T>): Promise<T> {
  const span = trace.getTracer('caller').startSpan(name);
  return context.with(trace.setSpan(context.active(), span), work).finally(() => span.end());
}

const spansOf = (name: string) => telemetry.spans.filter((span) => span.name === name);
const idsOf = (spans: readonly ReadableSpan[]) => spans.map((span) => span.spanContext().spanId);
const msOf = ([seconds, nanos]: HrTime) => seconds * 1_000 + nanos / 1e6;

describe('the span of a token request', () => {
  it('a token request is a client span with its times, and names no subject and no URL', async () => {
    const { vendor, clock } = scene;
    scene.answer(() => {
      clock.advance(250.5);
      return vendor.grant();
    });
    const app = await scene.start();
    const begun = clock.now();
    await app.call({ oauth2: { subject: 'ama' } });
    const [span] = telemetry.spans;
    expect(telemetry.spans).toHaveLength(1);
    expect([span?.name, span?.kind]).toEqual(['token_request acme', SpanKind.CLIENT]);
    expect(span?.attributes).toEqual({
      'oauth2.provider': 'acme',
      'oauth2.grant_type': 'client_credentials',
      'oauth2.outcome': 'ok',
      'server.address': '127.0.0.1',
      'server.port': vendor.port,
    });
    expect([msOf(span!.startTime), msOf(span!.endTime)]).toEqual([begun, begun + 250.5]);
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('a token request is linked to the request that caused it, and is no child of it', async () => {
    const app = await scene.start();
    const calls = ['first', 'second'].map((name) => inSpan(name, () => app.call()));
    expect(await Promise.all(calls)).toEqual([200, 200]);
    const requests = spansOf('token_request acme');
    expect(requests).toHaveLength(1);
    const [request] = requests;
    expect(request?.parentSpanContext).toBeUndefined();
    expect(request?.links.map((link) => link.context.spanId)).toEqual(idsOf(spansOf('first')));
  });

  it('a token request without a span around it has no link', async () => {
    const app = await scene.start();
    await app.call();
    expect(telemetry.spans.map(({ links }) => links)).toEqual([[]]);
  });

  it('each attempt that fails is a span with its code and status', async () => {
    scene.answer((_request, count) => (count === 1 ? { status: 503 } : scene.vendor.grant()));
    const app = await scene.start();
    expect(await app.call()).toBe(200);
    const ends = telemetry.spans.map(({ status, attributes }) => [
      status.code,
      attributes['error.type'],
      attributes['http.response.status_code'],
    ]);
    expect(ends).toEqual([
      [SpanStatusCode.ERROR, 'TOKEN_ENDPOINT_UNAVAILABLE', 503],
      [SpanStatusCode.UNSET, undefined, undefined],
    ]);
  });
});

describe('the span of a request that is sent again', () => {
  it('a request that is sent again is a client span below that of its caller, with the count 1', async () => {
    const { vendor, clock } = scene;
    const app = await scene.start();
    await app.call();
    vendor.revokeAll();
    vendor.onApi = (request) => {
      clock.advance(40);
      return vendor.protect(request);
    };
    expect(await inSpan('caller', () => app.call())).toBe(200);
    const [span] = spansOf('GET');
    expect([span?.kind, span?.parentSpanContext?.spanId]).toEqual([
      SpanKind.CLIENT,
      ...idsOf(spansOf('caller')),
    ]);
    expect(span?.attributes).toEqual({
      'oauth2.provider': 'acme',
      'http.request.method': 'GET',
      'http.request.resend_count': 1,
      'http.response.status_code': 200,
    });
    expect(msOf(span!.endTime) - msOf(span!.startTime)).toBe(40);
  });

  it.each([
    [
      'a second rejection',
      { status: 401 },
      { 'http.response.status_code': 401, 'error.type': '401' },
    ],
    ['a lost connection', undefined, { 'error.type': '_OTHER' }],
  ])('%s is an error', async (_what, answer, attributes) => {
    const { vendor } = scene;
    const app = await scene.start();
    await app.call();
    vendor.revokeAll();
    const rejects = vendor.apiRequests.length + 1;
    vendor.onApi = (request, count) =>
      count <= rejects
        ? vendor.protect(request)
        : (answer ?? ((_response, socket) => void socket.resetAndDestroy()));
    await app.call({ method: 'PURGE' });
    const [span] = spansOf('HTTP');
    expect(span?.attributes).toMatchObject({ 'http.request.method': '_OTHER', ...attributes });
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
  });
});

it('without an OpenTelemetry SDK, calls work as usual', async () => {
  Telemetry.stop();
  const app = await scene.start();
  await app.call();
  scene.vendor.revokeAll();
  expect(await app.call()).toBe(200);
});

import {
  type Attributes,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api';

import type { OAuth2EventOf } from '../core/events.js';
import { errorType, GRANT_TYPE, OUTCOME, PROVIDER, type Recorders } from './recorders.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

interface Interval {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly durationMs: number;
}

/** The spans that events become. They are made when the work is over, with its times. */
export function eventSpans(tracer: Tracer): Recorders {
  const record = (name: string, { startedAt, durationMs }: Interval, options: SpanOptions) => {
    const span = tracer.startSpan(name, {
      kind: SpanKind.CLIENT,
      startTime: startedAt,
      ...options,
    });
    if (options.attributes?.['error.type']) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(startedAt + durationMs);
  };
  return {
    'token_request.ended': (event) => {
      // A root with a link: the token serves others, too, and the request may outlive the one that caused it.
      const cause = trace.getActiveSpan()?.spanContext();
      record(`token_request ${event.provider}`, event, {
        root: true,
        links: cause ? [{ context: cause }] : [],
        attributes: ofTokenRequest(event),
      });
    },
    'api_request.repeated': (event) => {
      record(methodOf(event) ?? 'HTTP', event, { attributes: ofRepeatedRequest(event) });
    },
  };
}

function ofTokenRequest(event: OAuth2EventOf<'token_request.ended'>): Attributes {
  const { provider, grantType, outcome, error, host } = event;
  return {
    [PROVIDER]: provider,
    [GRANT_TYPE]: grantType,
    [OUTCOME]: outcome,
    ...errorType(error?.code),
    ...statusCode(error?.status),
    ...serverOf(host),
  };
}

function ofRepeatedRequest(event: OAuth2EventOf<'api_request.repeated'>): Attributes {
  const { provider, status } = event;
  const isError = status === undefined || status >= 400;
  return {
    [PROVIDER]: provider,
    'http.request.method': methodOf(event) ?? '_OTHER',
    'http.request.resend_count': 1,
    ...statusCode(status),
    ...(isError && { 'error.type': `${status ?? '_OTHER'}` }),
  };
}

function statusCode(status: number | undefined): Attributes {
  return status === undefined ? {} : { 'http.response.status_code': status };
}

function methodOf({ method }: OAuth2EventOf<'api_request.repeated'>): string | undefined {
  return METHODS.find((known) => known === method);
}

/** @param host with its port, if it is not the default */
function serverOf(host: string | undefined): Attributes {
  if (host === undefined) return {};
  const { hostname, port } = new URL(`https://${host}`);
  return { 'server.address': hostname, ...(port !== '' && { 'server.port': Number(port) }) };
}

import { describe, expect, it } from '@jest/globals';

import type { OAuth2ClientError } from '../../lib/core/errors.js';
import type { ErrorMeaning } from '../../lib/oauth2/response-definition.js';
import type { TransportResponse } from '../../lib/oauth2/transport.js';
import { rejection } from '../support/collect.js';
import {
  EndpointBench,
  granted,
  scriptedTransport,
  type EndpointOptions,
} from '../support/endpoint-bench.js';

const VENDOR = { url: 'https://vendor.example' };
const PASSWORD: EndpointOptions = {
  grantType: 'password',
  clientAuthentication: 'client_secret_post',
  username: 'ama@example.com',
  password: 'a wrong password',
};

function answer(status: number, body: unknown): Partial<TransportResponse> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: { 'content-type': 'application/json' }, body: text };
}

function declared(code: string, meaning: ErrorMeaning): EndpointOptions {
  return { response: { errors: { [code]: meaning } } };
}

async function failureOf(
  status: number,
  body: unknown,
  options: EndpointOptions = {},
  headers: Record<string, string> = {},
): Promise<OAuth2ClientError> {
  const answered = answer(status, body);
  const transport = scriptedTransport(() => ({
    ...answered,
    headers: { ...answered.headers, ...headers },
  }));
  const bench = new EndpointBench(VENDOR, options, { transport });
  return (await rejection(bench.ask())) as OAuth2ClientError;
}

describe('an error of the token endpoint', () => {
  it.each([
    [400, 'invalid_grant', 'CREDENTIALS_REJECTED'],
    [400, 'invalid_client', 'CREDENTIALS_REJECTED'],
    [401, 'invalid_client', 'CREDENTIALS_REJECTED'],
    [400, 'unauthorized_client', 'CREDENTIALS_REJECTED'],
    [403, 'access_denied', 'CREDENTIALS_REJECTED'],
    [401, 'whatever', 'CREDENTIALS_REJECTED'],
    [400, 'invalid_scope', 'TOKEN_REQUEST_REJECTED'],
    [400, 'invalid_target', 'TOKEN_REQUEST_REJECTED'],
    [400, 'unsupported_grant_type', 'TOKEN_REQUEST_REJECTED'],
    [400, 'invalid_request', 'TOKEN_REQUEST_REJECTED'],
    [400, 'interaction_required', 'TOKEN_REQUEST_REJECTED'],
    [422, 'anything', 'TOKEN_REQUEST_REJECTED'],
    [404, 'anything', 'TOKEN_REQUEST_REJECTED'],
    [200, 'invalid_grant', 'CREDENTIALS_REJECTED'],
    [200, 'incorrect_client_credentials', 'TOKEN_REQUEST_REJECTED'],
  ])('%i with %s is permanent: %s', async (status, error, code) => {
    const failure = await failureOf(status, { error, error_description: 'Because.' });
    expect(failure).toMatchObject({
      code,
      provider: 'acme',
      stage: 'token request',
      status,
      error,
      errorDescription: 'Because.',
      retryable: false,
      evaluated: true,
    });
    expect(failure.reason).toMatch(`The token endpoint answered ${status} `);
    expect(failure.reason).toMatch(`(${error}: Because.).`);
  });

  it.each([
    [408, 'TOKEN_ENDPOINT_UNAVAILABLE', true],
    [425, 'TOKEN_ENDPOINT_UNAVAILABLE', true],
    [429, 'THROTTLED', false],
    [500, 'TOKEN_ENDPOINT_UNAVAILABLE', true],
    [502, 'TOKEN_ENDPOINT_UNAVAILABLE', true],
    [503, 'TOKEN_ENDPOINT_UNAVAILABLE', false],
    [504, 'TOKEN_ENDPOINT_UNAVAILABLE', true],
    [599, 'TOKEN_ENDPOINT_UNAVAILABLE', true],
  ])('%i is temporary: %s', async (status, code, evaluated) => {
    for (const body of [{ error: 'invalid_grant' }, '<html>', '']) {
      const failure = await failureOf(status, body);
      expect(failure).toMatchObject({ code, status, retryable: true, evaluated });
    }
  });

  it.each([
    ['an HTML page', '<html><h1>Blocked</h1></html>'],
    ['a text', 'Bad Request'],
    ['a JSON list', '[]'],
    ['nothing', ''],
  ])('a 4xx with %s is a permanent error, not an outage', async (_what, body) => {
    for (const status of [400, 403, 404, 405, 410, 413]) {
      const failure = await failureOf(status, body);
      const expected = { code: 'TOKEN_REQUEST_REJECTED', retryable: false, grantRefused: false };
      expect(failure).toMatchObject({ ...expected, status, error: undefined });
      expect(failure.message).not.toMatch(/Blocked|Bad Request/);
    }
  });

  it.each([
    ['Retry-After', { 'retry-after': '7' }, 7],
    ['X-RateLimit-Remaining: 0', { 'x-ratelimit-remaining': '0' }, undefined],
    ['RateLimit-Remaining: 0', { 'ratelimit-remaining': '0' }, undefined],
    ['RateLimit: remaining=0', { ratelimit: 'limit=100, remaining=0, reset=50' }, undefined],
    ['RateLimit: r=0', { ratelimit: '"default";r=0;t=50' }, undefined],
  ])('a 403 with %s is a temporary rate limit', async (_what, headers, retryAfter) => {
    const failure = await failureOf(403, { message: 'Forbidden' }, {}, headers);
    const expected = { code: 'THROTTLED', retryable: true, evaluated: false, grantRefused: false };
    expect(failure).toMatchObject({ ...expected, status: 403, retryAfter });
  });

  it.each([
    ['X-RateLimit-Remaining: 10', { 'x-ratelimit-remaining': '10' }],
    ['RateLimit: remaining=10', { ratelimit: 'limit=100, remaining=10, reset=0' }],
  ])('a 403 with %s is a refusal', async (_what, headers) => {
    const failure = await failureOf(403, { message: 'Forbidden' }, {}, headers);
    expect(failure).toMatchObject({ code: 'TOKEN_REQUEST_REJECTED', retryable: false });
  });

  it.each(['temporarily_unavailable', 'server_error'])(
    'a 400 with %s says that the server has a problem that passes by itself',
    async (error) => {
      const failure = await failureOf(400, { error });
      const expected = { code: 'TOKEN_ENDPOINT_UNAVAILABLE', retryable: true, grantRefused: false };
      expect(failure).toMatchObject({ ...expected, error });
    },
  );

  it.each<[string, number, object, EndpointOptions, boolean]>([
    ['invalid_grant', 400, { error: 'invalid_grant' }, {}, true],
    ['invalid_grant with 401', 401, { error: 'invalid_grant' }, {}, true],
    ['invalid_grant with 200', 200, { error: 'invalid_grant' }, {}, true],
    ['invalid_client', 401, { error: 'invalid_client' }, {}, false],
    ['access_denied', 403, { error: 'access_denied' }, {}, false],
    ['invalid_token', 401, { error: 'invalid_token' }, {}, false],
    ['a code declared as credentials', 400, { error: 'E7' }, declared('E7', 'credentials'), true],
    ['a code declared as permanent', 400, { error: 'E7' }, declared('E7', 'permanent'), false],
    [
      'invalid_grant declared as transient',
      400,
      { error: 'invalid_grant' },
      declared('invalid_grant', 'transient'),
      false,
    ],
  ])('evidence against a refresh token: %s', async (_what, status, body, options, expected) => {
    expect(await failureOf(status, body, options)).toMatchObject({ grantRefused: expected });
  });

  it('a 400 with an empty body is permanent, because some vendors send it for a wrong password', async () => {
    const failure = await failureOf(400, '');
    expect(failure).toMatchObject({ code: 'TOKEN_REQUEST_REJECTED', retryable: false });
  });

  it.each([
    [
      'Zeepay',
      { error: 400, message: 'Wrong e-mail or password' },
      '400',
      'Wrong e-mail or password',
    ],
    ['a JSON without error', { message: 'no' }, undefined, 'no'],
    ['an empty object', {}, undefined, undefined],
    ['an error that is an object', { error: { code: 7 }, message: ['x'] }, undefined, undefined],
    ['a number in both', { error: 42, error_description: 43 }, '42', '43'],
  ])('a 400 of %s is permanent', async (_what, body, error, errorDescription) => {
    const failure = await failureOf(400, body);
    expect(failure).toMatchObject({
      code: 'TOKEN_REQUEST_REJECTED',
      retryable: false,
      status: 400,
    });
    expect([failure.error, failure.errorDescription]).toEqual([error, errorDescription]);
  });

  it('the error_uri of a refusal is not printed', async () => {
    const failure = await failureOf(400, {
      error: 'invalid_grant',
      error_uri: 'javascript:alert(1)',
    });
    expect(JSON.stringify(failure)).not.toContain('javascript');
  });

  it('an RFC error code is shown even if a password is a part of it', async () => {
    const failure = await failureOf(
      400,
      { error: 'invalid_grant' },
      { ...PASSWORD, password: 'grant' },
    );
    expect(failure).toMatchObject({ code: 'CREDENTIALS_REJECTED', retryable: false });
  });
});

describe('the attempts after an error', () => {
  const attemptsOf = async (status: number, body: unknown, options: EndpointOptions) => {
    const transport = scriptedTransport(() => answer(status, body));
    const bench = new EndpointBench(VENDOR, options, { transport });
    await rejection(bench.provider.getToken());
    return transport.requests.length;
  };
  const REFRESH = { grantType: 'refresh_token', refreshToken: 'refresh-token' } as const;

  it.each([
    [500, '', 6, 1, 2],
    [502, '<html>', 6, 1, 2],
    [403, '<html>', 1, 1, 1],
    [503, '', 6, 6, 6],
    [429, '', 6, 6, 6],
    [400, { error: 'invalid_grant' }, 1, 1, 1],
    [401, { error: 'invalid_client' }, 1, 1, 1],
    [200, { error: 'invalid_grant' }, 1, 1, 1],
    [200, {}, 1, 1, 1],
    [200, '<html>', 6, 1, 2],
    [302, '', 1, 1, 1],
  ])(
    '%i %j: %i of client credentials, %i of a password, %i of a refresh token',
    async (status, body, client, password, refresh) => {
      expect(await attemptsOf(status, body, {})).toBe(client);
      expect(await attemptsOf(status, body, PASSWORD)).toBe(password);
      expect(await attemptsOf(status, body, REFRESH)).toBe(refresh);
    },
  );

  it.each([500, 502, 503, 504, 429, 408])(
    'attempts end with the first success after %i',
    async (status) => {
      const transport = scriptedTransport(() =>
        transport.requests.length === 1 ? answer(status, '') : granted(),
      );
      const { provider } = new EndpointBench(VENDOR, {}, { transport });
      await provider.getToken();
      expect(transport.requests).toHaveLength(2);
    },
  );

  it('a wrong password is sent once, however many callers wait', async () => {
    const transport = scriptedTransport(() => answer(400, { error: 400, message: 'wrong' }));
    const { provider, clock } = new EndpointBench(VENDOR, PASSWORD, { transport });
    for (let second = 0; second < 29; second++) {
      await Promise.allSettled(Array.from({ length: 100 }, () => provider.getToken()));
      clock.advance(1_000);
    }
    expect(transport.requests).toHaveLength(1);
  });
});

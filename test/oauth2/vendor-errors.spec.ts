import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { OAuth2ClientError } from '../../lib/index.js';
import { type ResponseDefinition, type ErrorMeaning } from '../../lib/define.js';
import { matches, violated } from '../../lib/oauth2/selector.js';
import type { TransportResponse } from '../../lib/oauth2/transport.js';
import { rejection } from '../support/collect.js';
import { granted, type EndpointOptions } from '../support/endpoint-bench.js';
import { CUSTOM, json, ScriptedEndpoint } from '../support/scripted-endpoint.js';

const TOKEN = { access_token: 'abc' };
const CODES: Record<ErrorMeaning, string> = {
  permanent: 'TOKEN_REQUEST_REJECTED',
  credentials: 'CREDENTIALS_REJECTED',
  transient: 'TOKEN_ENDPOINT_UNAVAILABLE',
  throttled: 'THROTTLED',
};

const ask = (
  answer: ResponseDefinition,
  given: Partial<TransportResponse>,
  options: EndpointOptions = {},
) => new ScriptedEndpoint({ ...options, response: answer }, () => given).ask();

describe('a success', () => {
  it.each<[string, ResponseDefinition, object, boolean]>([
    ['a member has the value', { success: { code: 0 } }, { code: 0 }, true],
    ['it is the same in digits', { success: { code: 0 } }, { code: '0' }, true],
    ['it has another', { success: { code: 0 } }, { code: 1 }, false],
    [
      'it has one of several',
      { success: { 'meta.code': [200, 'OK'] } },
      { meta: { code: 'OK' } },
      true,
    ],
    [
      'it has none of them',
      { success: { 'meta.code': [200, 'OK'] } },
      { meta: { code: 'NO' } },
      false,
    ],
    ['it is an object', { success: { code: 0 } }, { code: { 0: 0 } }, false],
    ['one of two has another', { success: { a: true, b: true } }, { a: true, b: false }, false],
    ['it is null', { success: { error: null } }, { error: null }, true],
    [
      'a function says so',
      { success: ({ body }) => (body as { ok: number }).ok === 1 },
      { ok: 1 },
      true,
    ],
    ['a function denies it', { success: ({ status }) => status === 201 }, {}, false],
    [
      'a member has the value of a failure',
      { failure: { status: ['error', 'fail'] } },
      { status: 'fail' },
      false,
    ],
    ['it has not', { failure: { status: ['error', 'fail'] } }, { status: 'ok' }, true],
    ['there is no such member', { failure: { status: 'fail' } }, {}, true],
    ['both say so', { success: { a: 1 }, failure: { b: 1 } }, { a: 1, b: 1 }, false],
    ['there is an error, and a token', {}, { error: 'x' }, true],
  ])('success conditions: %s, %j of %j is %s', async (_what, answer, body, isSuccess) => {
    const asked = ask(answer, json({ ...TOKEN, ...body }));
    if (isSuccess) expect((await asked).accessToken).toBe('abc');
    else
      expect(await rejection(asked)).toMatchObject({ code: 'TOKEN_REQUEST_REJECTED', status: 200 });
  });

  it('a response with another status than 2xx is never a success', async () => {
    for (const status of [199, 300, 302, 400, 404, 500]) {
      const asked = ask({ success: () => true }, json(TOKEN, status));
      expect(await rejection(asked)).toMatchObject({ status });
    }
  });

  it('a 2xx response with an error is a failure even if the whole body is the token', async () => {
    const asked = ask({ accessToken: { body: true } }, json({ error: 'denied' }));
    expect(await rejection(asked)).toBeInstanceOf(OAuth2ClientError);
  });

  it('a 2xx response with an error and no token is a failure', async () => {
    const error = await rejection(ask({}, json({ error: 'bad_verification_code' })));
    expect(error).toMatchObject({ code: 'TOKEN_REQUEST_REJECTED', error: 'bad_verification_code' });
  });
});

describe('a step that is answered 200', () => {
  const check = (given: object, answer?: ResponseDefinition) => {
    const before = { check: { url: '/check', ...(answer && { answer }) } };
    return new ScriptedEndpoint({ before }, ({ url }) =>
      url.endsWith('/check') ? json(given) : granted(),
    );
  };

  it('a step fails if a success member has another value', async () => {
    const bench = check({ error: 'no' }, { success: { status: 'ok' } });
    expect(await rejection(bench.ask())).toMatchObject({ code: 'TOKEN_REQUEST_REJECTED' });
  });

  it('a step does not fail with an error code of zero or none', async () => {
    for (const error of [0, '']) {
      const bench = check({ error, id: 5 });
      await bench.ask();
      expect(bench.requests).toHaveLength(2);
    }
  });
});

describe('conditions', () => {
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  it('conditions compare values as text', () => {
    fc.assert(
      fc.property(scalar, fc.array(scalar), (value, wanted) => {
        const isThere = wanted.some((candidate) => `${candidate}` === `${value}`);
        expect(matches({ at: { it: value } }, { 'at.it': wanted })).toBe(isThere);
        expect(violated({ at: { it: value } }, { 'at.it': wanted })).toBe(
          isThere ? undefined : 'at.it',
        );
      }),
    );
  });
});

describe("a vendor's own error", () => {
  it.each<[ErrorMeaning, boolean]>([
    ['permanent', false],
    ['credentials', false],
    ['transient', true],
    ['throttled', true],
  ])(
    'an error code that is declared as %s counts as text and as number',
    async (meaning, retryable) => {
      const answer = {
        success: { code: 0 },
        error: 'code',
        errorDescription: ['msg', 'detail.text'],
        errors: { 1001: meaning, E_NO: meaning },
      } satisfies ResponseDefinition;
      for (const code of [1001, '1001', 'E_NO']) {
        for (const status of [200, 400, 500]) {
          const given = json({ code, detail: { text: 'what happened' } }, status);
          const error = await rejection(ask(answer, given));
          expect(error).toMatchObject({
            code: CODES[meaning],
            retryable,
            error: String(code),
            errorDescription: 'what happened',
            status,
            evaluated: meaning !== 'throttled',
          });
        }
      }
    },
  );

  it('an error code that is not declared means what its status says', async () => {
    const answer: ResponseDefinition = { error: 'code', errors: { a: 'throttled' } };
    for (const code of ['b', 'constructor', '__proto__', 'toString', { a: 1 }, ['a'], null]) {
      expect(await rejection(ask(answer, json({ code }, 400)))).toMatchObject({
        code: 'TOKEN_REQUEST_REJECTED',
        retryable: false,
      });
      expect(await rejection(ask(answer, json({ code }, 500)))).toMatchObject({ retryable: true });
    }
  });

  it('a declared error code wins over the status 429', async () => {
    const answer: ResponseDefinition = { errors: { locked: 'permanent' } };
    expect(await rejection(ask(answer, json({ error: 'locked' }, 429)))).toMatchObject({
      code: 'TOKEN_REQUEST_REJECTED',
      retryable: false,
    });
  });

  it('an error code may be in a header', async () => {
    const answer: ResponseDefinition = {
      error: { header: 'X-Error' },
      errors: { busy: 'throttled' },
    };
    const error = await rejection(ask(answer, { status: 403, headers: { 'x-error': 'busy' } }));
    expect(error).toMatchObject({ code: 'THROTTLED', error: 'busy' });
  });

  it('a temporary error is retried only if no password is sent', async () => {
    for (const [meaning, requests] of [
      ['transient', 1],
      ['throttled', 6],
    ] as const) {
      const answer: ResponseDefinition = { errors: { busy: meaning } };
      const bench = new ScriptedEndpoint({ ...CUSTOM, response: answer }, () =>
        json({ error: 'busy' }, 400),
      );
      await rejection(bench.provider.getToken());
      expect(bench.requests).toHaveLength(requests);
    }
  });

  it('a temporary error ends when the vendor answers with a token', async () => {
    const answer: ResponseDefinition = { errors: { busy: 'transient' } };
    const bench: ScriptedEndpoint = new ScriptedEndpoint({ response: answer }, () =>
      bench.requests.length < 3 ? json({ error: 'busy' }, 400) : granted(),
    );
    expect((await bench.provider.getToken()).accessToken).toBe('token');
  });
});

describe('a meaning by HTTP status', () => {
  const statuses = { 403: 'throttled', 409: 'transient', 500: 'permanent' } as const;

  it.each<[number, ErrorMeaning]>([
    [403, 'throttled'],
    [409, 'transient'],
    [500, 'permanent'],
    [401, 'credentials'],
  ])('the declared meaning of status %s is %s', async (status, meaning) => {
    for (const body of ['', '<html>', '{"error":"x"}']) {
      const error = await rejection(ask({ statuses }, { status, body }));
      expect(error).toMatchObject({ code: CODES[meaning], status });
    }
  });

  it('the meaning of an error code wins over the meaning of the status', async () => {
    const answer: ResponseDefinition = { statuses, errors: { locked: 'credentials' } };
    const error = await rejection(ask(answer, json({ error: 'locked' }, 409)));
    expect(error).toMatchObject({ code: 'CREDENTIALS_REJECTED', error: 'locked' });
  });

  it('an error with a declared status keeps the code and text of the vendor', async () => {
    const error = await rejection(
      ask({ statuses }, json({ error: 'busy', message: 'later' }, 409)),
    );
    expect(error).toMatchObject({ error: 'busy', errorDescription: 'later' });
  });

  it('steps have meanings by status, too', async () => {
    const before = {
      step: { url: '/step', response: { statuses: { 404: 'transient' as const } } },
    };
    const bench = new ScriptedEndpoint({ ...CUSTOM, before }, () => ({ status: 404 }));
    expect(await rejection(bench.ask())).toMatchObject({ code: 'TOKEN_ENDPOINT_UNAVAILABLE' });
  });

  it('a status that means `credentials` is evidence against a refresh token', async () => {
    const bench = new ScriptedEndpoint(
      {
        grantType: 'password',
        username: 'a',
        password: 'b',
        response: { statuses: { 410: 'credentials' } },
      },
      () => ({ status: 410 }),
    );
    expect(await rejection(bench.ask({}, 'refresh'))).toMatchObject({ grantRefused: true });
  });
});

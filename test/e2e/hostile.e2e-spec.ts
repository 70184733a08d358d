import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';

import type { OAuth2ClientError } from '../../lib/index.js';
import { rejection, settle } from '../support/collect.js';
import { hang, reset, type Answer, type Received } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { PERSON, refusedAtStart, underInvariants, type Trial } from '../support/invariants.js';
import { idle } from '../support/provider-bench.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const html = '<html><form action="/login"></form></html>';

const is = (answer: Answer) => () => answer;
const body = (members: object, status = 200) => is({ status, body: members });
const token = (members: object) => body({ access_token: 'x', ...members });
const raw = (text: string) => is((_response, socket) => void socket.end(text));
const bomb = gzipSync(Buffer.alloc(50_000_000));

/** Repeats everything that it was sent. */
const echo = ({ text, headers: { authorization } }: Received): Answer => ({
  status: 401,
  headers: { 'www-authenticate': `Basic realm="${authorization}"` },
  body: { error: `x ${text}`, error_description: `${authorization} ${text}`, error_uri: 'js:x' },
});

const toBystander = ({ path }: Received, { bystander }: Trial): Answer => ({
  status: 307,
  headers: { location: `${bystander.url}${path}` },
});

/** Writes one byte after another for as long as somebody reads. */
const drip: Answer = (response) => {
  response.writeHead(200, JSON_TYPE);
  const more = () => {
    if (response.destroyed) return;
    response.write(' ');
    setImmediate(more);
  };
  more();
};

/** What the token endpoint answers, the code that callers get, and the token requests it may cost. */
const ANSWERS: [
  what: string,
  answer: (request: Received, trial: Trial) => Answer,
  code: string,
  requests: number,
][] = [
  ['a page', is({ body: html }), 'TOKEN_RESPONSE_INVALID', 6],
  ['broken JSON', is({ headers: JSON_TYPE, body: '{"a":"x' }), 'TOKEN_RESPONSE_INVALID', 6],
  ['204', is({ status: 204 }), 'TOKEN_RESPONSE_INVALID', 6],
  ['no members', body({}), 'TOKEN_RESPONSE_INVALID', 1],
  ['null for a token', token({ access_token: null }), 'TOKEN_RESPONSE_INVALID', 1],
  ['a header in a token', token({ access_token: 'x\r\nX-Evil: 1' }), 'TOKEN_RESPONSE_INVALID', 1],
  ['an emoji in a token', token({ access_token: 'x😀' }), 'TOKEN_RESPONSE_INVALID', 1],
  ['70 KiB', token({ access_token: 'x'.repeat(71_680) }), 'TOKEN_RESPONSE_INVALID', 1],
  ['another token type', token({ token_type: 'mac' }), 'TOKEN_RESPONSE_INVALID', 1],
  ['invalid_grant', body({ error: 'invalid_grant' }, 400), 'CREDENTIALS_REJECTED', 1],
  ['invalid_client', body({ error: 'invalid_client' }, 401), 'CREDENTIALS_REJECTED', 1],
  ['invalid_scope', body({ error: 'invalid_scope' }, 400), 'TOKEN_REQUEST_REJECTED', 1],
  ['a second factor', body({ error: 'interaction_required' }, 400), 'TOKEN_REQUEST_REJECTED', 1],
  ['an error by 200', body({ error: 'invalid_grant' }), 'CREDENTIALS_REJECTED', 1],
  ['400 and a page', is({ status: 400, body: html }), 'TOKEN_REQUEST_REJECTED', 1],
  ['a number for an error', body({ error: 42 }, 400), 'TOKEN_REQUEST_REJECTED', 1],
  ['all that it was sent', echo, 'CREDENTIALS_REJECTED', 1],
  ['429', is({ status: 429, headers: { 'retry-after': '1000000000' } }), 'THROTTLED', 1],
  ['500', is({ status: 500 }), 'TOKEN_ENDPOINT_UNAVAILABLE', 6],
  ['a redirect', toBystander, 'TOKEN_REQUEST_REJECTED', 1],
  ['a reset', is(reset), 'TOKEN_ENDPOINT_UNREACHABLE', 6],
  ['no HTTP', raw('220 smtp.example ESMTP\r\n'), 'TOKEN_ENDPOINT_UNREACHABLE', 6],
  ['half', raw('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}'), 'TOKEN_ENDPOINT_UNREACHABLE', 6],
  [
    'a bomb',
    is({ headers: { 'content-encoding': 'gzip' }, body: bomb }),
    'TOKEN_RESPONSE_INVALID',
    1,
  ],
];

describe.each([
  ['client credentials', {}],
  ['a password', PERSON],
])('a token endpoint that answers %s with', (_grant, definition) => {
  it.each(ANSWERS)(
    'a bad token response harms no caller: %s',
    async (_what, answer, code, tokenRequests) => {
      await underInvariants({ definition, tokenRequests }, async (trial) => {
        trial.vendor.onToken = (request) => answer(request, trial);
        const { errors } = await settle(Array.from({ length: 10 }, () => trial.call()));
        expect(errors.map((error) => (error as OAuth2ClientError).code)).toEqual(
          Array.from({ length: 10 }, () => code),
        );
        expect(trial.vendor.apiRequests).toEqual([]);
        return errors;
      });
    },
  );

  it.each<[string, Answer]>([
    ['nothing', hang],
    ['one byte at a time', drip],
  ])('a token request ends in time if the endpoint sends %s', async (_what, answer) => {
    await underInvariants({ definition, tokenRequests: 1 }, async ({ vendor, clock, call }) => {
      const gate = new Gate();
      vendor.onToken = () => {
        void gate.pass();
        return answer;
      };
      const calls = settle([call(), call()]);
      await gate.arrived();
      await idle();
      clock.advance(10_000);
      const { errors } = await calls;
      expect(errors).toMatchObject(
        Array.from({ length: 2 }, () => ({ code: 'TOKEN_REQUEST_TIMEOUT' })),
      );
      return errors;
    });
  });
});

/** What the API answers, what the call is, what its caller gets, and the token requests in all. */
const CALLS: [
  what: string,
  answer: (request: Received, trial: Trial) => Answer,
  config: () => AxiosRequestConfig,
  result: object,
  requests: number,
][] = [
  ['401 for every token', is({ status: 401 }), () => ({}), { response: { status: 401 } }, 2],
  ['403', is({ status: 403 }), () => ({}), { response: { status: 403 } }, 1],
  [
    '401 for a stream',
    is({ status: 401 }),
    () => ({ method: 'post', data: Readable.from(['a']) }),
    { response: { status: 401 } },
    2,
  ],
  ['a reset', is(reset), () => ({}), { code: 'ECONNRESET' }, 1],
  ['nothing', is(hang), () => ({ timeout: 300 }), { code: 'ECONNABORTED' }, 1],
  ['a redirect to another', toBystander, () => ({}), { status: 401 }, 1],
];

describe('an API that answers with', () => {
  it.each(CALLS)(
    'a bad response of the API harms no caller: %s',
    async (_what, answer, config, result, tokenRequests) => {
      await underInvariants({ tokenRequests }, async (trial) => {
        trial.vendor.onApi = (request) => answer(request, trial);
        const allowAny = result.hasOwnProperty('status') ? { validateStatus: null } : {};
        const outcome: unknown = await trial
          .call({ ...config(), ...allowAny })
          .catch((error: unknown) => error);
        expect(outcome).toMatchObject(result);
        return [outcome];
      });
    },
  );

  it('an API that answers 401 to a hundred requests at once causes one renewal', async () => {
    await underInvariants({ tokenRequests: 2 }, async ({ vendor, call }) => {
      await call();
      vendor.revokeAll();
      const { values, errors } = await settle(Array.from({ length: 100 }, () => call()));
      expect([values.length, errors]).toEqual([100, []]);
      expect(vendor.apiRequests.length).toBeLessThanOrEqual(1 + 200);
      return values.slice(0, 2);
    });
  });

  it('a request whose token expires on the way is repeated after its 401', async () => {
    await underInvariants({ tokenRequests: 2 }, async ({ vendor, clock, call }) => {
      const gate = new Gate();
      vendor.onApi = async (request) => {
        await gate.pass();
        return vendor.protect(request);
      };
      const calling = call();
      await gate.arrived();
      clock.advance(3_600_000);
      vendor.revokeAll();
      gate.open();
      const answer = await calling;
      expect([answer.status, vendor.apiRequests.length]).toEqual([200, 2]);
      return [answer];
    });
  });
});

describe('a caller who', () => {
  it('a caller who cancels while it waits for the token is the only one who notices', async () => {
    await underInvariants({ tokenRequests: 1 }, async (trial) => {
      const [gate, controller] = [new Gate(), new AbortController()];
      trial.vendor.onToken = async () => {
        await gate.pass();
        return trial.grant();
      };
      const calls = [trial.call({ signal: controller.signal }), trial.call()];
      await gate.arrived();
      controller.abort();
      const error = await rejection(calls[0]!);
      gate.open();
      const answer = await calls[1]!;
      expect([error, answer]).toMatchObject([{ code: 'ERR_CANCELED' }, { status: 200 }]);
      return [error, answer];
    });
  });

  it('a request to a foreign URL carries no token', async () => {
    await underInvariants({ tokenRequests: 0 }, async ({ bystander, call }) => {
      const error = await rejection(
        call({ url: `${bystander.url}/x`, oauth2: { provider: 'acme' } }),
      );
      expect(error).toMatchObject({ code: 'URL_NOT_OWNED' });
      const bound = await rejection(call({ url: `${bystander.url}/x` }));
      expect(bound).toMatchObject({ code: 'URL_NOT_OWNED' });
      await call({ url: `${bystander.url}/x`, oauth2: false, validateStatus: null });
      return [error, bound];
    });
  });
});

describe('a definition with', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a blank secret', { clientSecret: ' ' }, '`clientSecret`'],
    ['a misspelled option', { clientSecrt: 'x' }, 'did you mean `clientSecret`?'],
    ['plain http', { tokenEndpoint: 'http://169.254.169.254/token' }, '`tokenEndpoint`'],
    ['a name that is none', { name: 'a b' }, '`name`'],
    ['a parameter that is ours', { parameters: { grant_type: 'x' } }, '`parameters`'],
    ['a header that is ours', { headers: { authorization: 'x' } }, '`headers`'],
    ['a deadline that is no number', { deadline: NaN }, '`deadline`'],
  ])('a definition with %s does not start', async (_what, changes, told) => {
    expect((await refusedAtStart(changes)).message).toContain(told);
  });

  it('a definition whose secret cannot be resolved sends nothing', async () => {
    const clientSecret = () => Promise.reject(new Error('vault'));
    const conditions = { definition: { clientSecret }, tokenRequests: 0, recovers: false };
    await underInvariants(conditions, async ({ call }) => [await rejection(call())]);
  });
});

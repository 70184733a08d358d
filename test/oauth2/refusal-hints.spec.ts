import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { OAuth2ClientError } from '../../lib/core/errors.js';
import type { TokenSet } from '../../lib/core/token-set.js';
import type { TransportResponse } from '../../lib/oauth2/transport.js';
import { rejection } from '../support/collect.js';
import {
  EndpointBench,
  scriptedTransport,
  type EndpointOptions,
} from '../support/endpoint-bench.js';
import { keyPair, pem } from '../support/keys.js';
import { expectNoSecret } from '../support/secrets.js';

const VENDOR = { url: 'https://vendor.example/realms/shop' };
const URL_SAID = "`tokenEndpoint: 'https://vendor.example/realms/shop/token'`";
const PAGE = '<!DOCTYPE html><html><body>Not here</body></html>';

type Body = string | object;

function answerOf(status: number, body: Body, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers, body: text } satisfies TransportResponse;
}

/** The error that a response leads to. */
async function said(
  answer: TransportResponse,
  options: EndpointOptions = {},
  ask: (bench: EndpointBench) => Promise<unknown> = (bench) => bench.ask(),
): Promise<OAuth2ClientError> {
  const bench = new EndpointBench(VENDOR, options, { transport: scriptedTransport(() => answer) });
  return (await rejection(ask(bench))) as OAuth2ClientError;
}

const refusal = (error: string, description?: string) =>
  answerOf(400, { error, error_description: description });

describe('the first sentence about a refused token request', () => {
  const cases: [string, TransportResponse, EndpointOptions, string, string][] = [
    [
      'a client secret that was sent by Basic',
      answerOf(401, { error: 'invalid_client' }),
      {},
      "to `clientAuthentication: 'client_secret_basic'`",
      "set `clientAuthentication: 'client_secret_post'`",
    ],
    [
      'a client secret that was sent in the body',
      answerOf(401, { error: 'invalid_client' }),
      { clientAuthentication: 'client_secret_post' },
      "to `clientAuthentication: 'client_secret_post'`",
      "set `clientAuthentication: 'client_secret_basic'`",
    ],
    [
      'a client secret that was not sent',
      answerOf(401, ''),
      { clientAuthentication: 'none' },
      "to `clientAuthentication: 'none'`",
      "set `clientSecret` and `clientAuthentication: 'client_secret_basic'`",
    ],
    [
      'a body that misses the client, in words',
      refusal('invalid_request', 'The parameter client_id is missing.'),
      {},
      "to `clientAuthentication: 'client_secret_basic'`",
      "set `clientAuthentication: 'client_secret_post'`",
    ],
    [
      "a body that misses the client, in the vendor's own form",
      answerOf(400, { reason: { text: 'No Authorization header found' } }),
      { clientAuthentication: 'client_secret_post' },
      "to `clientAuthentication: 'client_secret_post'`",
      "set `clientAuthentication: 'client_secret_basic'`",
    ],
    [
      'a grant that the vendor does not know',
      refusal('unsupported_grant_type'),
      { grantType: 'password', username: 'ama', password: 'a password' },
      "to `grantType: 'password'`",
      'Set `grantType` to a grant that the vendor offers',
    ],
    [
      'a grant that the client must not use',
      refusal('unauthorized_client'),
      {},
      "to `grantType: 'client_credentials'`",
      'allow this client to use it',
    ],
    [
      'a scope',
      refusal('invalid_scope'),
      { scope: ['read', 'wriet'] },
      "to `scope: 'read wriet'`",
      'Set `scope`',
    ],
    ['no scope', refusal('invalid_scope'), {}, 'to a request without `scope`', 'Set `scope`'],
    [
      'a resource',
      refusal('invalid_target'),
      { resource: 'https://api.example/' },
      "to `resource: 'https://api.example/'`",
      'Set `resource`',
    ],
    [
      'a form that is none',
      answerOf(415, ''),
      { encoding: 'json' },
      "to `encoding: 'json'`",
      "set `encoding: 'form'`",
    ],
    [
      'a form, in words',
      refusal('invalid_request', 'Body must be application/json'),
      {},
      "to `encoding: 'form'`",
      "set `encoding: 'json'`",
    ],
    [
      'a parameter that was sent, and was not found',
      answerOf(422, { detail: [{ loc: ['body', 'grant_type'], msg: 'Field required' }] }),
      {},
      "to `encoding: 'form'`",
      "set `encoding: 'json'`",
    ],
    [
      'a path',
      answerOf(404, { message: 'Not Found' }),
      {},
      `answered 404 to ${URL_SAID} (Not Found)`,
      'Check `tokenEndpoint`',
    ],
    [
      'a method',
      answerOf(405, ''),
      {},
      `answered 405 to ${URL_SAID} with an empty body`,
      '`method`',
    ],
    [
      'a page',
      answerOf(403, PAGE),
      {},
      `answered 403 to ${URL_SAID} with an HTML page`,
      'A firewall or a proxy may also answer with a page',
    ],
    [
      'a page by its type alone',
      answerOf(400, 'Sorry', { 'content-type': 'text/html; charset=utf-8' }),
      {},
      `answered 400 to ${URL_SAID} with an HTML page`,
      'Check `tokenEndpoint`',
    ],
    [
      'a redirect',
      answerOf(302, '', { location: 'https://u:p@login.example/a?state=123#x' }),
      {},
      `answered 302 to ${URL_SAID} with an empty body, a redirect to https://login.example/a, which is never followed`,
      'Check `tokenEndpoint`',
    ],
    [
      'http at a port for https',
      answerOf(400, `${PAGE}The plain HTTP request was sent to HTTPS port`),
      {},
      `to ${URL_SAID}`,
      'begin `tokenEndpoint` with https',
    ],
    [
      'a proxy without its password',
      answerOf(407, PAGE),
      {},
      'to a request through a proxy',
      'axios: { proxy: { auth } }',
    ],
    [
      'a password',
      refusal('invalid_grant'),
      { grantType: 'password', username: 'ama', password: 'a password' },
      'to `username` and `password` (invalid_grant)',
      'Check `username` and `password`',
    ],
    [
      'what nobody has foreseen',
      answerOf(400, { error: 'E-17' }),
      {},
      "to `grantType: 'client_credentials'`, `clientAuthentication: 'client_secret_basic'`, `encoding: 'form'` (E-17)",
      "with the vendor's page",
    ],
  ];

  it.each(cases)(
    'the error of a refusal names what it is about: %s',
    async (_what, answer, options, about, hint) => {
      const error = await said(answer, options);
      expect(error.reason).toContain(about);
      expect(error.hint).toContain(hint);
      expect(error.message).toBe(`[acme] ${error.reason} ${error.hint}`);
    },
  );

  it('the error of a temporary failure does not blame the request', async () => {
    const error = await said(answerOf(502, PAGE));
    expect(error.reason).toBe('The token endpoint answered 502 with an HTML page.');
    expect(error.hint).toContain('the call may be repeated later');
  });

  it('a refused refresh grant names `refresh`', async () => {
    const options = { grantType: 'password', username: 'u', password: 'p' } as const;
    const error = await said(refusal('unsupported_grant_type'), options, (bench) =>
      bench.ask({}, 'refresh-token'),
    );
    expect(error.reason).toContain("to `grantType: 'refresh_token'`");
    expect(error.hint).toContain("set `refresh: 'never'`");
  });

  it('a wrong URL of a step names the step', async () => {
    const before = { login: { url: '/sesion' } };
    const error = await said(answerOf(404, PAGE), { before });
    expect(error.reason).toBe(
      "The step `login` answered 404 to `before.login.url: 'https://vendor.example/sesion'` with an HTML page.",
    );
    expect(error.hint).toContain('Check `before.login.url`');
  });

  it('a wrong URL of a refresh or revocation names its member', async () => {
    const refresh = { url: '/renew', grantType: 'custom' } as const;
    const renewal = await said(answerOf(404, ''), { refresh }, (bench) => bench.ask({}, 'token-1'));
    expect(renewal.reason).toContain("to `refresh.url: 'https://vendor.example/renew'`");
    const transport = scriptedTransport(({ url }) =>
      url.endsWith('/revoke')
        ? answerOf(404, '')
        : answerOf(200, { access_token: 'token', expires_in: 60 }),
    );
    const bench = new EndpointBench(VENDOR, { revocation: '/revoke' }, { transport });
    await bench.provider.getToken();
    const error = (await rejection(bench.provider.revoke())) as OAuth2ClientError;
    expect(error.reason).toContain("to `revocation: 'https://vendor.example/revoke'`");
  });

  it('of a computed URL, an error shows only the words in its path', async () => {
    const transport = scriptedTransport(({ url }) =>
      url.includes('/sessions/')
        ? answerOf(404, '')
        : answerOf(200, { access_token: 'token', expires_in: 60, sid: '83d1f0c2aa' }),
    );
    const url = ({
      subject,
      tokens,
    }: {
      subject?: string | undefined;
      tokens?: TokenSet | undefined;
    }) => `/v1/sessions/${tokens!.extra['sid'] as string}/of/${subject!}/end`;
    const bench = new EndpointBench(VENDOR, { revocation: { url } }, { transport });
    const account = { subject: 'ama-4711-kofi' };
    await bench.provider.getToken(account);
    const error = (await rejection(bench.provider.revoke(account))) as OAuth2ClientError;
    expect(error.reason).toContain(
      "to `revocation.url: 'https://vendor.example/v1/sessions/[redacted]/of/[redacted]/end'`",
    );
    expectNoSecret(error, ['83d1f0c2aa', 'ama-4711-kofi']);
  });

  it('scope and resource of a call are shown on one line and cut', async () => {
    const odd = `a\n[acme] logged_in:${'x'.repeat(4_000)}`;
    for (const [code, target] of [
      ['invalid_scope', { scope: [odd] }],
      ['invalid_target', { resource: [odd] }],
    ] as const) {
      const error = await said(refusal(code), {}, (bench) => bench.provider.getToken(target));
      expect(error.message).not.toContain('\n');
      expect(error.reason.length).toBeLessThan(400);
    }
  });

  it('an error never shows the query of a URL and masks credentials in its path', async () => {
    const url = ({ credentials }: { credentials: Readonly<Record<string, string>> }) =>
      `https://vendor.example/${credentials['clientSecret']}/x?code=4711`;
    const before = { login: { url } };
    const error = await said(answerOf(404, ''), { before, clientSecret: 'Kq93vX7b2Tn5' });
    expect(error.reason).toContain("'https://vendor.example/[redacted]/x'");
    expectNoSecret(error, ['Kq93vX7b2Tn5', '4711']);
  });
});

describe('a refusal by a vendor whose clock differs', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const later = { date: new Date(now + 600_000).toUTCString() };
  const assertion = {
    clientAuthentication: 'private_key_jwt',
    clientSecret: undefined,
    clientAssertion: { key: pem(keyPair('P-256').privateKey) },
  } as const;

  const at = (answer: TransportResponse, options: EndpointOptions) => {
    const bench = new EndpointBench(VENDOR, options, {
      transport: scriptedTransport(() => answer),
    });
    const { date } = later;
    const behind = Math.round((Date.parse(date) - bench.clock.now()) / 1_000);
    return rejection(bench.ask()).then((error) => ({ error: error as OAuth2ClientError, behind }));
  };

  it('a refused assertion names the clock difference', async () => {
    const { error, behind } = await at(
      answerOf(401, { error: 'invalid_client' }, later),
      assertion,
    );
    expect(error.reason).toContain(
      `to a request from a clock that is ${Math.abs(behind)} s ${behind > 0 ? 'behind' : 'ahead of'} the vendor's`,
    );
    expect(error.hint).toContain('Correct the clock of this machine');
  });

  it('a complaint about times names the clock without a `Date` header', async () => {
    const { error } = await at(
      answerOf(401, { error: 'invalid_client', error_description: 'JWT expired' }),
      assertion,
    );
    expect(error.reason).toContain('to a request whose time it does not accept');
    expect(error.hint).toContain('clock of this machine');
  });

  it('a clock difference is mentioned last if the request has no time', async () => {
    const { error, behind } = await at(answerOf(401, { error: 'invalid_client' }, later), {});
    expect(error.reason).toContain('clientAuthentication');
    expect(error.hint).toContain(`differ by ${Math.abs(behind)} s`);
  });
});

describe("the words of a vendor's own error", () => {
  it('an error without known text lists the member names of the body', async () => {
    const body = { ok: false, fault: { reason: 'a secret reason', detail: { id: 7 } }, list: [1] };
    const error = await said(answerOf(400, body));
    expect(error.hint).toContain(
      'Its body has `ok`, `fault.reason`, `fault.detail.id`, `list`. If',
    );
    expect(error.hint).toContain('`response.error` or `response.errorDescription`');
    expect(error.message).not.toContain('a secret reason');
  });

  it('an error of a step suggests the `response` of the step', async () => {
    const before = { login: { url: '/session' } };
    const error = await said(answerOf(400, { fault: 'x' }), { before });
    expect(error.hint).toContain('`before.login.response.error`');
  });

  it('an error with a known text lists no member names', async () => {
    const error = await said(answerOf(400, { error: 'no', other: 1 }));
    expect(error.message).not.toContain('Its body has');
  });

  it('a response without a token lists its member names', async () => {
    const error = await said(answerOf(200, { data: { token: 'Tk0_secret-value-1' }, expires: 1 }));
    expect(error.reason).toContain('its `access_token` is missing');
    expect(error.hint).toContain('Check `response`');
    expect(error.hint).toContain('`data.token`, `expires`');
    expectNoSecret(error, ['Tk0_secret-value-1']);
  });

  it('listed member names are few, short and never values', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ maxLength: 80 }), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 40 }),
        fc.stringMatching(/^[a-f0-9]{24,32}$/),
        async (body, session) => {
          const error = await said(answerOf(400, { ...body, [session]: { [session]: 1 } }));
          expect(error.hint.length).toBeLessThan(900);
          expect(/\d/.test(session.slice(0, -3)) && error.hint.includes(session)).toBe(false);
        },
      ),
    );
  });
});

describe('a page in place of a token', () => {
  it('a page instead of a token names the URL and its member', async () => {
    const error = await said(answerOf(200, PAGE));
    expect(error).toMatchObject({ code: 'TOKEN_RESPONSE_INVALID', retryable: true });
    expect(error.reason).toBe(
      `The token endpoint answered 200 to ${URL_SAID}, but with an HTML page.`,
    );
    expect(error.hint).toContain('Check that `tokenEndpoint` is the URL of the token endpoint');
  });

  it.each([
    ['', 'an empty body'],
    ['ok', 'plain text'],
    ['<a/>', 'XML'],
    ['[]', 'a body that is not a JSON object'],
  ])('a body that is not JSON is described: %j', async (body, told) => {
    expect((await said(answerOf(200, body))).reason).toContain(`but with ${told}`);
  });
});

describe('a token type or a token that is not as expected', () => {
  const typed = (token_type: unknown) => answerOf(200, { access_token: 'Ab12Cd34Ef', token_type });

  it.each([
    ['jwt-bearer', '"jwt-bearer"'],
    [5, 'of type number'],
    [['Bearer'], 'a list'],
  ])('an unexpected token_type is shown with what to set: %j', async (type, told) => {
    const error = await said(typed(type));
    expect(error.reason).toBe(
      `The token endpoint answered 200, but its \`token_type\` is ${told} instead of "Bearer".`,
    );
    expect(error.hint).toContain("set `use: { scheme: 'Bearer' }`");
  });

  it('a token_type that is a credential is masked', async () => {
    const clientSecret = 'correct-horse-battery';
    const words = await said(typed(clientSecret), { clientSecret });
    expect(words.reason).toContain('"[redacted]"');
    expectNoSecret(words, [clientSecret]);
  });

  it('a token_type that does not look like a name is not shown', async () => {
    for (const secret of ['Ab12Cd34Ef', 'Kq93vX7-b2Tn-wZ5rLd', 'eyJhbGciOiJub25lIn0.e30.']) {
      const error = await said(typed(secret));
      expect(error.reason).toContain(`\`token_type\` is a text of ${secret.length} characters`);
      expectNoSecret(error, [secret]);
    }
  });

  const prefixed = (access_token: string) => answerOf(200, { access_token });
  it.each<[string, EndpointOptions, string]>([
    ['Bearer eyJ.a.b', {}, 'Bearer eyJ.a.b'],
    ['bearer  eyJ.a.b', {}, 'Bearer eyJ.a.b'],
    ['JWT eyJ.a.b', { use: { scheme: 'JWT' } }, 'JWT eyJ.a.b'],
  ])('a token after its own scheme is understood: %s', async (token, options, sent) => {
    const transport = scriptedTransport(() => prefixed(token));
    const tokens = await new EndpointBench(VENDOR, options, { transport }).ask();
    expect(tokens.authorization).toBe(sent);
  });

  it.each<[string, EndpointOptions, string]>([
    ['Token abc', {}, "`use: { scheme: 'Token' }`"],
    ['Bearer abc', { use: { header: 'X-Token' } }, "`use: { scheme: 'Bearer' }`"],
  ])('a token after another scheme names the scheme to set: %s', async (token, options, cure) => {
    const error = await said(prefixed(token), options);
    expect(error.message).toContain(cure);
    expect(error.message).not.toContain('abc');
  });
});

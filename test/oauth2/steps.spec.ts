import { describe, expect, it } from '@jest/globals';

import { OAuth2ClientError, values } from '../../lib/index.js';
import { type StepDefinition } from '../../lib/define.js';
import { identityOf } from '../../lib/providers/account-identity.js';
import { TokenEndpointSource } from '../../lib/oauth2/token-endpoint-source.js';
import type { TransportResponse } from '../../lib/oauth2/transport.js';
import { rejection } from '../support/collect.js';
import {
  granted,
  scriptedTransport,
  endpointOf,
  type EndpointOptions,
} from '../support/endpoint-bench.js';
import { ManualClock } from '../support/manual-clock.js';
import { idle } from '../support/provider-bench.js';
import { RefreshTokenFamilies } from '../../lib/account/refresh-token-family.js';
import { TokenProvider } from '../../lib/lifecycle/token-provider.js';
import { AUTH, CUSTOM, formOf, json, ScriptedEndpoint } from '../support/scripted-endpoint.js';
import { expectNoSecret } from '../support/secrets.js';

type Answers = Readonly<Record<string, Partial<TransportResponse>>>;

/** A vendor that answers by path; the token endpoint grants unless told otherwise. */
const byPath = (answers: Answers) => (request: { readonly url: string }) => {
  const { pathname } = new URL(request.url);
  return answers[pathname] ?? granted();
};

const CHAIN: EndpointOptions = {
  ...CUSTOM,
  credentials: { apiKey: 'the-key-of-acme' },
  before: {
    challenge: { url: '/challenge', method: 'GET', query: { key: values.credential('apiKey') } },
    answer: {
      url: ({ responses }) =>
        `/answer/${String((responses['challenge']!.body as { id: number }).id)}`,
      encoding: 'json',
      parameters: { nonce: values.response('challenge', 'data.nonce') },
      headers: { 'x-key': values.credential('apiKey') },
    },
  },
  parameters: {
    code: values.response('answer', { header: 'x-code' }),
    nonce: values.response('challenge', 'data.nonce'),
  },
  after: {
    user: { url: '/user', method: 'GET', headers: { authorization: bearer } },
    sites: {
      url: '/sites',
      method: 'GET',
      query: {
        user: values.response('user', 'id'),
        nonce: values.response('challenge', 'data.nonce'),
      },
    },
  },
};
const ANSWERS: Answers = {
  '/challenge': json({ id: 7, data: { nonce: 'n-1' } }),
  '/answer/7': { headers: { 'x-code': 'c-1' } },
  '/token': granted({ region: 'eu' }),
  '/user': json({ id: 5, name: 'ama' }),
  '/sites': json([{ id: 's' }]),
};

function bearer({ accessToken }: { readonly accessToken: string | undefined }): string {
  return `Bearer ${accessToken}`;
}

describe('the requests around a token request', () => {
  it('steps run in order, and each knows the responses of those before it', async () => {
    const bench = new ScriptedEndpoint(CHAIN, byPath(ANSWERS));
    const tokens = await bench.provider.getToken();
    expect(bench.paths).toEqual(['/challenge', '/answer/7', '/token', '/user', '/sites']);
    const [challenge, answer, token, user, sites] = bench.requests;
    expect(challenge).toMatchObject({
      method: 'GET',
      url: `${AUTH}/challenge?key=the-key-of-acme`,
      body: undefined,
    });
    expect(JSON.parse(answer!.body as string)).toEqual({ nonce: 'n-1' });
    expect(answer!.headers).toMatchObject({ 'x-key': 'the-key-of-acme' });
    expect(formOf(token!)).toEqual({ code: 'c-1', nonce: 'n-1' });
    expect(user!.headers).toMatchObject({ authorization: 'Bearer token' });
    expect(sites!.url).toBe(`${AUTH}/sites?user=5&nonce=n-1`);
    const told = { region: 'eu', user: { id: 5, name: 'ama' }, sites: [{ id: 's' }] };
    expect(tokens.extra).toEqual(told);
    expectNoSecret([tokens, bench.events], ['the-key-of-acme']);
  });

  it('steps have no client authentication and no scope', async () => {
    const step: StepDefinition = { url: '/step', parameters: { a: 1 } };
    const bench = new ScriptedEndpoint({ scope: 'read', before: { step } });
    await bench.ask();
    expect(bench.requests[0]!.headers).not.toHaveProperty('authorization');
    expect(formOf(bench.requests[0]!)).toEqual({ a: '1' });
  });

  it('steps run again at the next login', async () => {
    const bench = new ScriptedEndpoint(CHAIN, byPath(ANSWERS));
    await bench.provider.getToken();
    bench.clock.advance(3_600_000);
    await bench.provider.getToken();
    expect(bench.requests).toHaveLength(10);
  });

  it.each<[string, Answers, object, string[]]>([
    [
      'an error',
      { '/challenge': json({ error: 'invalid_client' }, 401) },
      { code: 'CREDENTIALS_REJECTED', status: 401 },
      ['/challenge'],
    ],
    [
      'a fault',
      { '/challenge': json({}, 500) },
      { code: 'TOKEN_ENDPOINT_UNAVAILABLE', retryable: true },
      ['/challenge'],
    ],
    [
      'an error after the token',
      { '/user': json({ error: 'x' }, 403) },
      { code: 'TOKEN_REQUEST_REJECTED', status: 403, error: 'x' },
      ['/challenge', '/answer/7', '/token', '/user'],
    ],
  ])('a step fails the renewal with %s', async (_what, answers, failure, paths) => {
    const bench = new ScriptedEndpoint(CHAIN, byPath({ ...ANSWERS, ...answers }));
    const error = await rejection(bench.provider.getToken());
    expect(error).toBeInstanceOf(OAuth2ClientError);
    expect(error).toMatchObject({ ...failure, provider: 'acme', stage: 'token request' });
    expect(bench.paths).toEqual(paths);
    expect(bench.provider.peek()).toBeUndefined();
    expectNoSecret([error, bench.events], ['the-key-of-acme']);
  });

  it('a step fails as its own `response` says', async () => {
    const response: StepDefinition['response'] = {
      failure: { state: 'no' },
      errors: { busy: 'throttled' },
    };
    const before = { step: { url: '/step', response } };
    const bench = new ScriptedEndpoint(
      { ...CUSTOM, before },
      byPath({ '/step': json({ state: 'no', error: 'busy' }) }),
    );
    const error = await rejection(bench.provider.getToken());
    expect(error).toMatchObject({ code: 'THROTTLED', error: 'busy', status: 200 });
  });

  it('a step never goes to a host without TLS', async () => {
    for (const next of ['http://auth.acme.example/x', 'ftp://a.example', 'javascript:1']) {
      const before = {
        start: { url: '/start' },
        next: { url: values.response('start', 'next') as () => string },
      };
      const answers = byPath({ '/start': json({ next }) });
      const bench = new ScriptedEndpoint({ ...CUSTOM, before }, answers);
      expect(await rejection(bench.provider.getToken())).toBeInstanceOf(OAuth2ClientError);
      expect(bench.paths).toEqual(['/start']);
    }
  });
});

describe('an answer that is not there yet', () => {
  const until = (deadline = 10_000) => {
    const clock = new ManualClock();
    let state = 'pending';
    const transport = scriptedTransport(({ url }) =>
      url.endsWith('/job') ? json({ job: { state } }) : granted(),
    );
    const before = { job: { url: '/job', until: { 'job.state': ['done', 'failed'] } } };
    const source = new TokenEndpointSource('acme', endpointOf({ url: AUTH }, { before }), {
      identityOf,
      transport,
      clock,
      emit: () => {},
    });
    const provider = new TokenProvider({
      name: 'acme',
      source,
      clock,
      random: () => 0,
      emit: () => {},
      deadline,
      forcedRenewalInterval: 10_000,
      accountLimit: 10,
      families: new RefreshTokenFamilies(),
    });
    return { clock, provider, transport, finish: () => (state = 'done') };
  };

  it('a step with `until` is repeated every second', async () => {
    const { clock, provider, transport, finish } = until();
    const call = provider.getToken();
    await idle();
    for (let second = 1; second <= 4; second++) {
      expect(transport.requests).toHaveLength(second);
      clock.advance(999);
      await idle();
      expect(transport.requests).toHaveLength(second);
      if (second === 4) finish();
      clock.advance(1);
      await idle();
    }
    await call;
    expect(transport.requests.map(({ url }) => new URL(url).pathname)).toEqual([
      ...['/job', '/job', '/job', '/job', '/job'],
      '/token',
    ]);
    expect(clock.pending).toBe(0);
  });

  it('a step with `until` ends with the deadline', async () => {
    const { clock, provider, transport } = until(3_500);
    const call = rejection(provider.getToken());
    for (let second = 0; second < 10; second++) {
      await idle();
      clock.advance(1_000);
    }
    expect(await call).toMatchObject({ code: 'TOKEN_REQUEST_TIMEOUT', retryable: true });
    await idle();
    expect(transport.requests).toHaveLength(4);
    expect(clock.pending).toBe(0);
  });
});

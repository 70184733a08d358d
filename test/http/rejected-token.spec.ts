import { Agent } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AxiosError, AxiosRequestConfig } from 'axios';
import { firstValueFrom } from 'rxjs';

import { acme } from '../support/acme.js';
import { rejection, settle } from '../support/collect.js';
import { FakeVendor, hang, type Answer } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

const unauthorized = (challenge?: string): Answer => ({
  status: 401,
  headers: challenge === undefined ? {} : { 'www-authenticate': challenge },
  body: { message: 'no' },
});

describe('a token that the API rejects', () => {
  let vendor: FakeVendor;
  let clock: ManualClock;
  let app: App;

  const call = (config: AxiosRequestConfig = {}) =>
    firstValueFrom(app.http('acme').request<{ text: string }>({ url: '/orders', ...config }));
  const sentTokens = () => vendor.apiRequests.map(({ token }) => token?.replace(/\D/g, ''));

  beforeEach(async () => {
    vendor = await FakeVendor.start();
    clock = new ManualClock();
    app = await App.start({ runtime: { clock, random: () => 0 }, providers: [acme(vendor)] });
    await call();
    vendor.apiRequests.length = 0;
  });

  afterEach(() => Promise.all([app.close(), vendor.close()]));

  it('a 401 renews the token once and sends the request once more, unchanged', async () => {
    vendor.revokeAll();
    const config = {
      method: 'put',
      params: { page: 2 },
      headers: { 'x-mine': '1' },
      data: { a: 1 },
    };
    const { status } = await call(config);
    expect([status, vendor.tokenRequests.length]).toEqual([200, 2]);
    expect(sentTokens()).toEqual(['1', '2']);
    const [first, replay] = vendor.apiRequests.map(({ method, path, query, text, headers }) => {
      const { authorization: _, ...others } = headers;
      return { method, path, query: String(query), text, headers: others };
    });
    expect(replay).toEqual(first);
    expect(first).toMatchObject({ method: 'PUT', query: 'page=2', headers: { 'x-mine': '1' } });
  });

  it.each([
    ['no challenge', undefined],
    ['a Bearer challenge', 'Bearer realm="api", error="invalid_token"'],
    ['a Basic challenge', 'Basic realm="api"'],
    ['several challenges', 'Negotiate, Bearer error="invalid_token", Basic realm="x"'],
    ['a broken challenge', 'Bearer error="inval'],
    ['a challenge of 10 KB', `Bearer ${'a="b", '.repeat(1_400)}`],
  ])('a 401 with %s renews the token', async (_what, challenge) => {
    vendor.onApi = (_request, count) => (count === 1 ? unauthorized(challenge) : { body: {} });
    await call();
    expect(sentTokens()).toEqual(['1', '2']);
  });

  it.each([
    ['a 401 that asks for more scope', unauthorized('Bearer error="insufficient_scope"')],
    ...[400, 403, 404, 407, 419, 440, 498, 500, 503].map(
      (status) => [`a ${status}`, { status }] as [string, Answer],
    ),
  ])('the token is not renewed after %s', async (_what, answer) => {
    vendor.onApi = () => answer;
    await rejection(call());
    expect([vendor.apiRequests.length, vendor.tokenRequests.length]).toEqual([1, 1]);
  });

  it('a 401 renews the token even if the caller accepts any status', async () => {
    vendor.revokeAll();
    expect((await call({ validateStatus: () => true })).status).toBe(200);
    vendor.onApi = () => unauthorized();
    clock.advance(10_000);
    expect(await call({ validateStatus: () => true })).toMatchObject({
      status: 401,
      data: { message: 'no' },
    });
  });

  it('the caller gets the second 401 if the new token is rejected too', async () => {
    vendor.onApi = (_request, count) => ({ status: 401, body: { count } });
    const error = await rejection(call());
    expect(error).toMatchObject({ response: { status: 401, data: { count: 2 } } });
    expect(sentTokens()).toEqual(['1', '2']);
  });

  it('a token that is rejected repeatedly costs one token request in ten seconds', async () => {
    vendor.onApi = () => unauthorized();
    for (let i = 0; i < 20; i++) {
      const { errors } = await settle(Array.from({ length: 50 }, () => call()));
      expect(errors.map((error) => (error as AxiosError).response?.status)).toEqual(
        Array.from({ length: 50 }, () => 401),
      );
      clock.advance(2_500);
    }
    const renewals = vendor.tokenRequests.length - 1;
    expect(renewals).toBeGreaterThan(1);
    expect(renewals).toBeLessThanOrEqual(5);
    expect(vendor.apiRequests.length).toBeLessThanOrEqual(1_000 + renewals * 50);
  });

  it('several 401s for one token, one after another, renew it once', async () => {
    const gate = new Gate();
    vendor.onApi = async (request) => {
      if (request.token?.endsWith('-1')) await gate.pass();
      return vendor.protect(request);
    };
    const calls = Array.from({ length: 5 }, () => call());
    await gate.arrived(5);
    vendor.revokeAll();
    const waiting = new Set(calls);
    while (waiting.size > 0) {
      gate.letOne();
      const answered = [...waiting].map(async (sent) => {
        await sent;
        return () => waiting.delete(sent);
      });
      (await Promise.race(answered))();
    }
    expect(vendor.tokenRequests).toHaveLength(2);
  });

  it('a 401 whose renewal fails gives the caller a typed error', async () => {
    vendor.revokeAll();
    vendor.onToken = () => ({ status: 400, body: { error: 'invalid_client' } });
    expect(await rejection(call())).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
    expect(vendor.apiRequests).toHaveLength(1);
  });

  it('a 401 of a request without a token renews nothing', async () => {
    vendor.onApi = () => unauthorized();
    await rejection(call({ oauth2: false }));
    await rejection(call({ headers: { Authorization: 'Bearer mine' } }));
    expect([vendor.apiRequests.length, vendor.tokenRequests.length]).toEqual([2, 1]);
  });

  describe('with a streamed response', () => {
    const page = Buffer.alloc(1_000_000, 'x');

    it.each([
      ['that is renewed now', false],
      ['that was renewed before', true],
    ])(
      'a streamed 401 for a token %s is discarded together with its connection',
      async (_which, before) => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        const elsewhere = await FakeVendor.start();
        const other = await App.start({
          providers: [
            acme(vendor, { tokenEndpoint: `${elsewhere.url}/token`, axios: { httpAgent: agent } }),
          ],
        });
        const tokens = other.tokens('acme');
        try {
          const first = await tokens.getToken();
          vendor.onApi = async (_request, count) => {
            if (count === 1 && before) await tokens.renew(first);
            return { status: count === 1 ? 401 : 200, body: page };
          };
          const signal = AbortSignal.timeout(5_000); // without a free connection, the end
          const { data } = await firstValueFrom(
            other.http('acme').get<Readable>('/file', { responseType: 'stream', signal }),
          );
          expect((await text(data)).length).toBe(page.length);
          expect([vendor.apiRequests.length, elsewhere.tokenRequests.length]).toEqual([2, 2]);
        } finally {
          agent.destroy();
          await Promise.all([other.close(), elsewhere.close()]);
        }
      },
    );

    it('the retry does not need the connection of a streamed 401', async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const other = await App.start({
        runtime: { clock },
        providers: [acme(vendor, { axios: { httpAgent: agent } })],
      });
      try {
        await other.tokens('acme').getToken();
        vendor.onApi = (_request, count) => ({ status: count === 1 ? 401 : 200, body: page });
        const signal = AbortSignal.timeout(5_000);
        const { data } = await firstValueFrom(
          other.http('acme').get<Readable>('/file', { responseType: 'stream', signal }),
        );
        expect((await text(data)).length).toBe(page.length);
      } finally {
        agent.destroy();
        await other.close();
      }
    });

    it('a streamed 401 that is final reaches the caller unread', async () => {
      vendor.onApi = () => ({ status: 401, body: page });
      const config: AxiosRequestConfig = { responseType: 'stream', validateStatus: () => true };
      for (let i = 0; i < 2; i++) {
        const { status, data } = await call(config);
        expect(status).toBe(401);
        expect((data as unknown as Readable).readableFlowing).not.toBe(true);
        expect((await text(data as unknown as Readable)).length).toBe(page.length);
      }
    });

    it('a streamed 401 stays readable if the renewal returns the same token', async () => {
      vendor.onApi = () => ({ status: 401, body: page });
      const body = { access_token: 'the-same-token', token_type: 'Bearer', expires_in: 3600 };
      vendor.onToken = () => ({ body });
      const other = await App.start({ providers: [acme(vendor)] });
      try {
        const { status, data } = await firstValueFrom(
          other.http('acme').get<Readable>('/file', {
            responseType: 'stream',
            validateStatus: () => true,
          }),
        );
        expect([status, (await text(data)).length]).toEqual([401, page.length]);
      } finally {
        await other.close();
      }
    });
  });

  it('a renewal after a 401 serves the other calls if one is cancelled', async () => {
    vendor.revokeAll();
    const gate = new Gate();
    vendor.onToken = async () => {
      await gate.pass();
      return vendor.grant();
    };
    const controller = new AbortController();
    const calls = [call({ signal: controller.signal }), call(), call()];
    await gate.arrived();
    controller.abort();
    expect(await rejection(calls[0]!)).toMatchObject({ code: 'ERR_CANCELED' });
    gate.open();
    const { values } = await settle(calls.slice(1));
    expect(values.map(({ status }) => status)).toEqual([200, 200]);
  });

  it('a retry that never gets a response leaves nothing behind', async () => {
    vendor.onApi = (_request, count) => (count === 1 ? unauthorized() : hang);
    const error = await rejection(call({ timeout: 500 }));
    expect(error).toMatchObject({ code: 'ECONNABORTED', config: { timeout: 500 } });
    expect(clock.pending).toBe(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AxiosRequestConfig } from 'axios';

import {
  OAuth2ClientError,
  TokenSet,
  url as urlOf,
  type ProviderDefinition,
} from '../../lib/index.js';
import { expectQuick } from '../support/effort.js';
import {
  EndpointBench,
  scriptedTransport,
  type EndpointOptions,
} from '../support/endpoint-bench.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { App } from '../support/nest-app.js';
import { BODIES, TEXTS } from '../support/worst.js';

const VENDOR = { url: 'https://vendor.example' };
const texts = Object.entries(TEXTS);

function bench(status: number, body: string, headers: Record<string, string> = {}) {
  const transport = scriptedTransport(() => ({ status, headers, body }));
  const answer = { capture: { first: 'x.*.a.*', cookie: { cookie: 'session' } } };
  const options = {
    grantType: 'password' as const,
    username: 'ama',
    password: 'correct-horse',
    answer,
  };
  return new EndpointBench(VENDOR, options, { transport });
}

describe('a megabyte in a token response is read or refused at once', () => {
  it.each(Object.entries(BODIES))(
    'a megabyte in a token response is read or refused at once if it has %s',
    async (_what, body) => {
      for (const status of [200, 400]) {
        const result = await expectQuick(`status ${status}`, () => bench(status, body).ask());
        if (!(result instanceof TokenSet)) expect(result).toBeInstanceOf(OAuth2ClientError);
      }
    },
  );

  it.each(texts)(
    'a megabyte in the headers of a token response is read or refused at once if it has %s',
    async (_what, text) => {
      const names = ['retry-after', 'date', 'set-cookie', 'content-type', 'x-ratelimit-remaining'];
      const headers = Object.fromEntries(names.map((name) => [name, text]));
      const error = await expectQuick('a failure', () => bench(503, '{}', headers).ask());
      expect((error as OAuth2ClientError).retryAfter ?? 0).toBeLessThanOrEqual(31_536_000);
      await expectQuick('a success', () => bench(200, '{"access_token":"t"}', headers).ask());
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      await expectQuick('a form', () => bench(200, `access_token=t&x=${text}`, form).ask());
    },
  );
});

describe('a megabyte in a token request is sent or refused at once', () => {
  const body = (text: string) =>
    JSON.stringify({ error: text.slice(0, 4_000), message: text.slice(5_000, 9_000) });
  const failing = (options: EndpointOptions, text: string) => {
    const transport = scriptedTransport(() => ({ status: 400, body: body(text) }));
    return expectQuick(Object.keys(options).join(), () =>
      new EndpointBench(VENDOR, options, { transport }).ask(),
    );
  };

  it.each(texts)(
    'a megabyte in a token request is sent or refused at once if a credential or a value is of %s',
    async (_what, text) => {
      const clientAuthentication = 'client_secret_post' as const;
      for (const options of [
        { clientSecret: () => `${text}.`, clientAuthentication },
        { parameters: { login_hint: () => text } },
        { query: { login_hint: () => text } },
        { body: () => text },
      ]) {
        const error = await failing(options, text);
        expect((error as OAuth2ClientError).message).toMatch(/\d+ characters/);
        expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE' });
      }
    },
  );

  it.each(texts)(
    'the longest text that may be sent in a token request is sent or refused at once if it is of %s',
    async (_what, text) => {
      const clientAuthentication = 'client_secret_post' as const;
      const part = (i: number) => `${text.slice(i, i + 8_100)}.`;
      const parts = Object.fromEntries(
        Array.from({ length: 8 }, (_, i) => [`p${i}`, part(i * 999)]),
      );
      for (const options of [
        { clientSecret: `${text.slice(0, 65_000)}.`, clientAuthentication },
        { parameters: parts },
      ]) {
        const error = await failing(options, text);
        expect(error).toMatchObject({ code: 'TOKEN_REQUEST_REJECTED' });
      }
    },
  );
});

describe('a megabyte in an API call is passed on or refused at once', () => {
  let api: FakeVendor;
  let app: App;
  beforeAll(async () => {
    api = await FakeVendor.start();
    const definition: ProviderDefinition = {
      name: 'acme',
      tokenEndpoint: `${api.url}/token`,
      clientId: 'c',
      clientSecret: 'client-secret-of-ours',
      baseURL: `${api.url}/v1`,
      use: { queryParameter: 'token', rejected: { body: { 'errors.*.code': 'expired' } } },
    };
    app = await App.start({ providers: [definition] });
    await app.tokens('acme').getToken();
  });
  afterAll(async () => {
    await app.close();
    await api.close();
  });

  const answering = (data: string) => async (config: object) =>
    ({ data, status: 200, statusText: 'OK', headers: {}, config }) as never;
  const adapter = answering('');
  const get = (what: string, url: string, config: AxiosRequestConfig) =>
    expectQuick(what, () => app.http('acme').axiosRef.get(url, config));

  it.each(texts)(
    'a megabyte in the URL of an API call is passed on or refused at once if it has %s',
    async (_what, text) => {
      const urls = [`/users/${encodeURIComponent(text)}`, `/${text}`, text];
      for (const [i, url] of urls.entries()) {
        const result = await get(`URL ${i}`, url, { adapter });
        if (result instanceof Error) expect(result).toBeInstanceOf(OAuth2ClientError);
      }
      await get('base URL', '/x', { adapter, baseURL: `${api.url}/${text}` });
    },
  );

  it.each([...texts, ...Object.entries(BODIES)])(
    'a megabyte in the response of an API call is passed on or refused at once if it is %s',
    async (_what, data) => {
      await get('response', '/x', { adapter: answering(data), transformResponse: [] });
    },
  );

  it.each(texts)(
    'an API call that fails with a megabyte of %s as its message ends at once',
    async (_what, text) => {
      await get('message', '/x', { adapter: () => Promise.reject(new Error(text)) });
    },
  );

  it.each(texts)(
    'an API call for an account with a megabyte of %s ends at once',
    async (_what, text) => {
      for (const oauth2 of [
        { subject: text },
        { scope: text },
        { scope: text.split(' ') },
        { resource: text },
      ]) {
        const error = await get(Object.keys(oauth2).join(), '/x', { adapter, oauth2 });
        expect(error).toMatchObject({ code: 'REQUEST_INVALID' });
      }
      for (const oauth2 of [{ [text]: 1 }, { provider: text }]) {
        const error = (await get('name', '/x', { adapter, oauth2 })) as Error;
        expect(error.message.length).toBeLessThan(500);
      }
    },
  );

  it('redirects to a long address each are followed or refused at once', async () => {
    const long = 'x%2525'.repeat(1_000);
    api.onApi = ({ path }) => ({
      status: 302,
      headers: { location: `${path.slice(0, 9)}/${long}` },
    });
    await get('redirects', '/x', {});
  });

  it.each(texts)(
    'a megabyte in a variable of a URL is passed on or refused at once if it is of %s',
    async (_what, text) => {
      for (const make of [
        () => urlOf`https://${text}.acme.example/`,
        () => urlOf`https://acme.example/${text}`,
      ]) {
        const result = await expectQuick('url', make);
        if (result instanceof Error) expect(result).toBeInstanceOf(OAuth2ClientError);
      }
    },
  );
});

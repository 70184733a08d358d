import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { EndpointBench, type EndpointOptions } from '../support/endpoint-bench.js';
import { FakeVendor, type Received } from '../support/fake-vendor.js';

let vendor: FakeVendor;
beforeAll(async () => {
  vendor = await FakeVendor.start();
});
beforeEach(() => void (vendor.tokenRequests.length = 0));
afterAll(() => vendor.close());

async function requestOf(options: EndpointOptions): Promise<Received> {
  await new EndpointBench(vendor, options).ask();
  return vendor.tokenRequests.at(-1)!;
}

const basicOf = ({ headers }: Received) =>
  Buffer.from(headers.authorization?.replace(/^Basic /, '') ?? '', 'base64').toString('latin1');

describe('client_secret_basic', () => {
  it('client_secret_basic is the default and puts nothing of the client into the body', async () => {
    const request = await requestOf({ clientId: 'id', clientSecret: 'secret' });
    expect(request.headers.authorization).toBe('Basic aWQ6c2VjcmV0');
    expect(request.form).toEqual({ grant_type: 'client_credentials' });
  });

  // RFC 6749 §2.3.1 and appendix B
  it.each([
    ['a:b', 'p%+ ü&', 'a%3Ab:p%25%2B+%C3%BC%26'],
    ['s6BhdRkqt3', '7Fjfp0ZBr1KtDRbnfVdmIw', 's6BhdRkqt3:7Fjfp0ZBr1KtDRbnfVdmIw'],
    [' %&+£€', '==:/?#', '+%25%26%2B%C2%A3%E2%82%AC:%3D%3D%3A%2F%3F%23'],
    ['"quoted"', "back\\slash'", '%22quoted%22:back%5Cslash%27'],
    ['A-Z_a.z*0', '~!()', 'A-Z_a.z*0:%7E%21%28%29'],
    ['日本', '🔑', '%E6%97%A5%E6%9C%AC:%F0%9F%94%91'],
  ])(
    'client_secret_basic form-encodes %j and %j before base64',
    async (clientId, clientSecret, pair) => {
      expect(basicOf(await requestOf({ clientId, clientSecret }))).toBe(pair);
    },
  );
});

describe('client_secret_post', () => {
  it('client_secret_post puts the client into the body and sends no Authorization', async () => {
    const request = await requestOf({
      clientId: 'a:b',
      clientSecret: 'p%+ ü&',
      clientAuthentication: 'client_secret_post',
    });
    expect(request.headers.authorization).toBeUndefined();
    expect(request.text).toBe(
      'grant_type=client_credentials&client_id=a%3Ab&client_secret=p%25%2B+%C3%BC%26',
    );
  });
});

describe('no client authentication', () => {
  it('without client authentication the client identifier is sent if there is one', async () => {
    const request = await requestOf({
      clientId: 'public',
      clientSecret: undefined,
      clientAuthentication: 'none',
    });
    expect(request.form).toEqual({ grant_type: 'client_credentials', client_id: 'public' });
    expect(request.headers.authorization).toBeUndefined();
  });

  it('credentials that are missing are left out instead of sent empty', async () => {
    const request = await requestOf({
      clientId: undefined,
      clientSecret: undefined,
      clientAuthentication: 'none',
      grantType: 'password',
      username: 'u',
      password: 'p',
    });
    expect(request.text).toBe('grant_type=password&username=u&password=p');
  });
});

describe('the grant `custom`', () => {
  const options = { grantType: 'custom', clientId: 'id', clientSecret: 'secret' } as const;
  const parameters = { grant_type: 'account_credentials' };

  it('the custom grant has no client authentication unless the definition names one', async () => {
    const request = await requestOf({ ...options, parameters });
    expect(request.headers).not.toHaveProperty('authorization');
    expect(request.form).toEqual(parameters);
  });

  it('the custom grant can use client_secret_basic', async () => {
    const clientAuthentication = 'client_secret_basic';
    const request = await requestOf({ ...options, parameters, clientAuthentication });
    expect(request.headers.authorization).toBe('Basic aWQ6c2VjcmV0');
    expect(request.form).toEqual(parameters);
  });
});

describe('a secret of any characters', () => {
  const nasty = fc.stringMatching(/^[:%&+="'\\ /?#;,<>{}[\]|^`~$@!*()\w]{1,30}$/);
  const secret = fc
    .oneof(nasty, fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 }))
    .filter((value) => value.trim() !== '');

  const arrives = (
    property: (secret: string) => Promise<[string | undefined, string | undefined]>,
  ) =>
    fc.assert(
      fc.asyncProperty(secret, async (value) => {
        const [one, other] = await property(value);
        expect([one, other]).toEqual([value, value]);
      }),
    );

  it('a secret of any characters arrives unchanged with client_secret_basic', () =>
    arrives(async (value) => {
      const request = await requestOf({ clientId: value, clientSecret: value });
      const [id, password] = basicOf(request)
        .split(':')
        .map((half) => new URLSearchParams(`v=${half}`).get('v') ?? undefined);
      return [id, password];
    }));

  it('a secret of any characters arrives unchanged in a form', () =>
    arrives(async (value) => {
      const { form } = await requestOf({
        grantType: 'password',
        clientAuthentication: 'client_secret_post',
        clientSecret: value,
        username: 'u',
        password: value,
      });
      return [form['password'], form['client_secret']];
    }));

  it('a secret of any characters arrives unchanged in JSON', () =>
    arrives(async (value) => {
      const { text } = await requestOf({
        encoding: 'json',
        grantType: 'password',
        clientAuthentication: 'client_secret_post',
        clientSecret: value,
        username: 'u',
        password: value,
      });
      const members = JSON.parse(text) as Record<string, string>;
      return [members['password'], members['client_secret']];
    }));

  it('a secret of any characters arrives unchanged in multipart', () =>
    arrives(async (value) => {
      const { body, headers } = await requestOf({
        encoding: 'multipart',
        grantType: 'password',
        clientAuthentication: 'client_secret_post',
        clientSecret: value,
        username: 'u',
        password: value,
      });
      const contentType = { 'content-type': headers['content-type'] ?? '' };
      const form = await new Response(body, { headers: contentType }).formData();
      return [String(form.get('password')), String(form.get('client_secret'))];
    }));
});

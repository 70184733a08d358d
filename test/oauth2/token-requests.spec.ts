import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { CLIENT_ID, CLIENT_SECRET } from '../support/acme.js';
import { EndpointBench, type EndpointOptions } from '../support/endpoint-bench.js';
import { FakeVendor, type Received } from '../support/fake-vendor.js';

const PASSWORD: EndpointOptions = {
  grantType: 'password',
  clientAuthentication: 'client_secret_post',
  username: 'ama@example.com',
  password: 'pass wörd',
};

let vendor: FakeVendor;
beforeEach(async () => {
  vendor = await FakeVendor.start();
});
afterEach(() => vendor.close());

/** The request that one login makes. */
async function requestOf(
  options: EndpointOptions,
  ...ask: Parameters<EndpointBench['ask']>
): Promise<Received> {
  await new EndpointBench(vendor, options).ask(...ask);
  expect(vendor.tokenRequests).toHaveLength(1);
  return vendor.tokenRequests[0]!;
}

describe('a token request', () => {
  it('a token request is a POST form that accepts JSON and has no further parameters', async () => {
    const request = await requestOf({});
    expect(request.method).toBe('POST');
    expect(request.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(request.headers.accept).toBe('application/json');
    expect(request.text).toBe('grant_type=client_credentials');
    expect([...request.query]).toEqual([]);
  });

  it('a token request keeps the query of its URL and adds no credential to it', async () => {
    const { path, query } = await requestOf({
      tokenEndpoint: `${vendor.url}/oauth/token?tenant=1`,
      clientAuthentication: 'client_secret_post',
    });
    expect([path, [...query]]).toEqual(['/oauth/token', [['tenant', '1']]]);
  });

  it('a token request carries the password grant as a form', async () => {
    const { form } = await requestOf(PASSWORD);
    expect(form).toEqual({
      grant_type: 'password',
      username: 'ama@example.com',
      password: 'pass wörd',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    });
  });

  it('a token request carries the password grant as JSON', async () => {
    const request = await requestOf({ ...PASSWORD, encoding: 'json' });
    expect(request.headers['content-type']).toBe('application/json');
    expect(JSON.parse(request.text)).toEqual({
      grant_type: 'password',
      username: 'ama@example.com',
      password: 'pass wörd',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    });
  });

  it('a token request carries the password grant as multipart', async () => {
    const request = await requestOf({ ...PASSWORD, encoding: 'multipart' });
    const contentType = request.headers['content-type'] ?? '';
    expect(contentType).toMatch(/^multipart\/form-data; boundary=/);
    const form = await new Response(request.body, {
      headers: { 'content-type': contentType },
    }).formData();
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'password',
      username: 'ama@example.com',
      password: 'pass wörd',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    });
  });

  it('a refresh sends the refresh token and not the password', async () => {
    const { form } = await requestOf({ ...PASSWORD, scope: 'read' }, {}, 'refresh-token');
    expect(form).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'refresh-token',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    });
  });
});

describe('further parameters and headers', () => {
  it.each(['form', 'json', 'multipart'] as const)(
    'further parameters and headers are sent with every %s request',
    async (encoding) => {
      const request = await requestOf({
        encoding,
        parameters: { audience: 'https://api.example/?a=1&b=2', tenant: 'ü' },
        headers: { 'x-api-key': 'key', accept: 'application/vnd.acme+json' },
      });
      for (const value of ['audience', 'tenant', 'client_credentials']) {
        expect(request.text).toContain(value);
      }
      expect(request.headers['x-api-key']).toBe('key');
      expect(request.headers.accept).toBe('application/vnd.acme+json');
      if (encoding === 'form')
        expect(request.form['audience']).toBe('https://api.example/?a=1&b=2');
    },
  );

  it('a header of the definition replaces the default one in any spelling', async () => {
    const { headers, form } = await requestOf({ headers: { Accept: 'application/vnd.acme+json' } });
    expect(headers.accept).toBe('application/vnd.acme+json');
    expect(form['grant_type']).toBe('client_credentials');
  });

  it('further parameters and headers are sent with a refresh', async () => {
    const { form, headers } = await requestOf(
      { ...PASSWORD, parameters: { audience: 'a' }, headers: { 'x-api-key': 'key' } },
      {},
      'refresh-token',
    );
    expect([form['audience'], headers['x-api-key']]).toEqual(['a', 'key']);
  });
});

describe('scope', () => {
  it.each([
    ['a string', 'read write', 'read write'],
    ['a list', ['write', 'read'], 'write read'],
    ['with repetitions', 'read read  write ', 'read write'],
  ])('a scope is sent space-separated from %s', async (_what, scope, sent) => {
    expect((await requestOf({ scope })).form['scope']).toBe(sent);
  });

  it.each([[''], [[]]])('a scope of %j is not sent', async (scope) => {
    expect((await requestOf({ scope })).form).not.toHaveProperty('scope');
  });

  it("the target of the call wins over the definition's", async () => {
    const { form } = await requestOf({ scope: 'read' }, { scope: ['admin'] });
    expect(form['scope']).toBe('admin');
  });

  it('an empty scope of the call replaces the scope of the definition', async () => {
    expect((await requestOf({ scope: 'read' }, { scope: '' })).form).not.toHaveProperty('scope');
  });
});

describe('resource', () => {
  const resource = ['https://a.example/x', 'https://b.example'];
  const resourcesIn = ({ text }: Received) => new URLSearchParams(text).getAll('resource');

  it('the parameter `resource` is repeated for every resource', async () => {
    expect(resourcesIn(await requestOf({ resource }))).toEqual(resource);
  });

  it('several resources are a list in JSON, and one is a string', async () => {
    const many = await requestOf({ resource, encoding: 'json' });
    expect(JSON.parse(many.text)).toMatchObject({ resource });
    vendor.tokenRequests.length = 0;
    const one = await requestOf({ resource: 'https://a.example', encoding: 'json' });
    expect(JSON.parse(one.text)).toMatchObject({ resource: 'https://a.example' });
  });

  it("the target of the call wins over the definition's", async () => {
    const request = await requestOf({ resource }, { resource: 'https://c.example' });
    expect(resourcesIn(request)).toEqual(['https://c.example']);
  });
});

import { describe, expect, it } from '@jest/globals';

import type { OAuth2ClientError } from '../../lib/core/errors.js';
import type { TransportRequest } from '../../lib/oauth2/transport.js';
import { rejection } from '../support/collect.js';
import {
  EndpointBench,
  granted,
  scriptedTransport,
  type EndpointOptions,
} from '../support/endpoint-bench.js';
import { expectNoSecret } from '../support/secrets.js';

const VENDOR = { url: 'https://vendor.example' };
const SECRETS = {
  clientSecret: 'Kq93&vX7+b2T%n-wZ5=rLd',
  password: 'correct "horse" \\battery\\ stäple',
  refreshToken: 'Rt8.Vb3-Lw2_refresh~9Xk',
  parameter: 'Zk4-vW8_pJ2.xC6~qT0-7781',
  header: 'Yb3~nM7.gH1_sD5-wF9-9902',
};
const OPTIONS: EndpointOptions = {
  grantType: 'password',
  username: 'ama@example.com',
  password: SECRETS.password,
  clientId: 'acme-client',
  clientSecret: SECRETS.clientSecret,
  parameters: { api_key: SECRETS.parameter },
  headers: { 'x-api-key': SECRETS.header },
};

/** The failure of a vendor that writes what it was sent into its answer. */
async function failureOf(
  echo: (request: TransportRequest) => object,
  { refresh = false, options = {} }: { refresh?: boolean; options?: EndpointOptions } = {},
): Promise<OAuth2ClientError> {
  const transport = scriptedTransport((request) => ({
    status: 400,
    body: JSON.stringify(echo(request)),
  }));
  const bench = new EndpointBench(VENDOR, { ...OPTIONS, ...options }, { transport });
  const work = refresh ? bench.ask({}, SECRETS.refreshToken) : bench.provider.getToken();
  return (await rejection(work)) as OAuth2ClientError;
}

const all = Object.values(SECRETS);

describe('a vendor that repeats our secrets', () => {
  it.each(Object.entries(SECRETS))(
    'sees its %s masked, in any of its members',
    async (name, it) => {
      const refresh = name === 'refreshToken';
      for (const member of ['error', 'error_description', 'message']) {
        const error = await failureOf(() => ({ [member]: `wrong: ${it}!` }), { refresh });
        expectNoSecret(error, all);
        expect(error.message).toContain('wrong: [redacted]!');
      }
    },
  );

  const encodings: [string, (secret: string) => string][] = [
    ['percent-encoding', encodeURIComponent],
    ['form-encoding', (secret) => new URLSearchParams([['', secret]]).toString().slice(1)],
    ['base64', (secret) => Buffer.from(secret).toString('base64')],
    ['base64url', (secret) => Buffer.from(secret).toString('base64url')],
    ['hex', (secret) => Buffer.from(secret).toString('hex')],
    ['a JSON string', (secret) => JSON.stringify(secret)],
    ['entities of HTML', (secret) => Array.from(secret, (c) => `&#${c.codePointAt(0)};`).join('')],
    ['JSON within JSON', (secret) => JSON.stringify(JSON.stringify(secret))],
    ['base64 of a form', (secret) => btoa(`a=1&secret=${encodeURIComponent(secret)}`)],
    ['reverse video', (secret) => `\u001b[7m${secret}\u001b[0m`],
    ['pieces of eight', (secret) => (secret.match(/.{8}/g) ?? []).join(' ')],
  ];
  it.each(encodings)('secrets that a vendor repeats in %s are masked', async (_name, encode) => {
    for (const [name, secret] of Object.entries(SECRETS)) {
      const error = await failureOf(() => ({ error: 'no', error_description: encode(secret) }), {
        refresh: name === 'refreshToken',
      });
      expect(error.errorDescription).toContain('[redacted]');
      expect(error.errorDescription).not.toContain(encode(secret).slice(-10, -2));
      expectNoSecret(error, all);
    }
  });

  it('a repeated Authorization header is masked in whole and in part', async () => {
    const header = ({ headers }: TransportRequest) => headers['authorization']!;
    for (const echo of [
      (request: TransportRequest) => header(request),
      (request: TransportRequest) => header(request).replace('Basic ', ''),
      (request: TransportRequest) => header(request).slice(10, 24),
      (request: TransportRequest) =>
        Buffer.from(header(request).replace('Basic ', ''), 'base64').toString(),
    ]) {
      const error = await failureOf((request) => ({ error: 'no', message: echo(request) }));
      expectNoSecret(error, all);
      expect(error.errorDescription).not.toMatch(/[A-Za-z0-9+/]{10}/);
    }
  });

  it('a repeated request body is masked', async () => {
    for (const encoding of ['form', 'json'] as const) {
      const error = await failureOf(({ body }) => ({ error_description: String(body) }), {
        options: { encoding, clientAuthentication: 'client_secret_post' },
      });
      expectNoSecret(error, all);
    }
  });

  it('a repeated secret from a function is masked', async () => {
    const error = await failureOf(() => ({ message: SECRETS.password }), {
      options: { password: () => Promise.resolve(SECRETS.password) },
    });
    expect(error.errorDescription).toBe('[redacted]');
  });

  it('a secret at the cut of a long response is masked', async () => {
    const error = await failureOf(() => ({ message: `${'.'.repeat(190)}${SECRETS.password}` }));
    expectNoSecret(error, all);
  });

  it('a repeated access token is masked while it is still used', async () => {
    const ALIVE = 'At7.Qm2-Xv4_access~1Jw';
    for (const refresh_token of [undefined, SECRETS.refreshToken]) {
      let count = 0;
      const transport = scriptedTransport(() =>
        ++count === 1
          ? granted({ access_token: ALIVE, refresh_token, expires_in: 3_600 })
          : { status: 503, body: JSON.stringify({ message: `still has ${ALIVE}!` }) },
      );
      const bench = new EndpointBench(VENDOR, OPTIONS, { transport });
      const error = await rejection(bench.provider.renew(await bench.provider.getToken()));
      expect(error).toMatchObject({ errorDescription: 'still has [redacted]!' });
      expectNoSecret([error, bench.events, bench.provider.status()], [ALIVE]);
    }
  });

  it('tokens in a refused revocation are masked', async () => {
    const ALIVE = 'At7.Qm2-Xv4_access~1Jw';
    const transport = scriptedTransport(({ url }) =>
      url.endsWith('/token')
        ? granted({ access_token: ALIVE, expires_in: 3_600 })
        : { status: 400, body: JSON.stringify({ error: 'no', message: `&#34;${ALIVE}&#34;` }) },
    );
    const revocation = `${VENDOR.url}/revoke`;
    const bench = new EndpointBench(VENDOR, { ...OPTIONS, revocation }, { transport });
    await bench.provider.getToken();
    const error = await rejection(bench.provider.revoke());
    expect((error as OAuth2ClientError).errorDescription).toBe('&#34;[redacted]&#34;');
  });

  it('secrets in host, status or page of a response are not printed', async () => {
    const transport = scriptedTransport(() => ({
      status: 403,
      body: `<p>${SECRETS.password}</p>`,
    }));
    const bench = new EndpointBench(VENDOR, OPTIONS, { transport });
    expectNoSecret(await rejection(bench.provider.getToken()), all);
    expectNoSecret(bench.events, all);
    expectNoSecret(bench.provider.status(), all);
  });
});

describe('a vendor that writes to our log', () => {
  it.each([
    ['line breaks', 'ok\r\n2026-01-01 INFO all is well', 'ok 2026-01-01 INFO all is well'],
    ['terminal escapes', 'a\u001b[2Jb', 'a [2Jb'],
    ['bidirectional controls', 'a\u202eb\u2069c', 'a b c'],
    ['NUL', 'a\0b', 'a b'],
  ])('control characters in an error text are replaced: %s', async (_what, message, expected) => {
    const error = await failureOf(() => ({ error: message, error_description: message }));
    expect([error.error, error.errorDescription]).toEqual([expected, expected]);
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('a long error text is cut', async () => {
    const error = await failureOf(() => ({ error: 'e'.repeat(1e5), message: 'm'.repeat(1e5) }));
    expect([error.error?.length, error.errorDescription?.length]).toEqual([200, 200]);
    expect(error.message.length).toBeLessThan(700);
  });
});

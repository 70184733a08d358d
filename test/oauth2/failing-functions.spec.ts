import { describe, expect, it } from '@jest/globals';

import { OAuth2ClientError } from '../../lib/index.js';
import { rejection } from '../support/collect.js';
import type { EndpointOptions } from '../support/endpoint-bench.js';
import { ScriptedEndpoint } from '../support/scripted-endpoint.js';
import { expectNoSecret } from '../support/secrets.js';

const SECRET = 'hunter2hunter2';

describe('a function of the definition that throws', () => {
  const fail = () => {
    throw new Error(`password=${SECRET}`);
  };

  it.each<[string, EndpointOptions]>([
    ['url of a step', { before: { a: { url: fail } } }],
    ['reader', { answer: { accessToken: fail } }],
    ['success', { answer: { success: fail } }],
    ['error reader', { answer: { failure: { access_token: 'token' }, error: fail } }],
    ['key of a token', { grantType: 'self_signed_jwt', assertion: { key: fail } }],
  ])('is told as such, and not as a fault of ours: %s', async (_what, options) => {
    const bench = new ScriptedEndpoint(options);
    const error = await rejection(bench.provider.getToken());
    expect(error).toMatchObject({
      code: expect.stringMatching(/^(CREDENTIALS_UNAVAILABLE|TOKEN_RESPONSE_INVALID)$/),
    });
    expect((error as Error).message).not.toContain('Please report');
    expectNoSecret([error, bench.events], [SECRET]);
  });

  it.each<[string, EndpointOptions]>([
    ['parameters.nonce', { parameters: { fine: () => 'x', nonce: fail } }],
    ['parameters.nested', { encoding: 'json', parameters: { nested: { a: [fail] } } }],
    ['headers.x-signature', { headers: { 'x-signature': fail } }],
    ['query.key', { query: { key: fail } }],
    ['sign', { sign: fail }],
    ['body', { grantType: 'custom', body: fail }],
    ['clientAssertion', { clientAuthentication: 'private_key_jwt', clientAssertion: { key: 'x' } }],
  ])('is named: `%s`', async (member, options) => {
    const bench = new ScriptedEndpoint(options);
    const error = await rejection(bench.provider.getToken());
    expect(error).toMatchObject({ code: 'CREDENTIALS_UNAVAILABLE', provider: 'acme' });
    expect((error as Error).message).toContain(`\`${member}\` of the definition failed (`);
    expectNoSecret([error, bench.events], [SECRET]);
  });

  it('in a revocation is a typed error, too', async () => {
    const bench = new ScriptedEndpoint({ revocation: { url: fail } });
    await bench.provider.getToken();
    const error = await rejection(bench.provider.revoke());
    expect(error).toBeInstanceOf(OAuth2ClientError);
    expectNoSecret([error, bench.events], [SECRET]);
  });
});

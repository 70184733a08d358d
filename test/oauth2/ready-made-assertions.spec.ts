import { describe, expect, it } from '@jest/globals';

import { Secret } from '../../lib/define.js';
import { rejection } from '../support/collect.js';
import { type EndpointOptions } from '../support/endpoint-bench.js';
import { identityOf } from '../../lib/providers/account-identity.js';
import { accountKey } from '../../lib/oauth2/account-key.js';
import { formOf, json, requestOf, ScriptedEndpoint } from '../support/scripted-endpoint.js';
import { expectNoSecret } from '../support/secrets.js';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const SAML2_BEARER = 'urn:ietf:params:oauth:grant-type:saml2-bearer';
const MADE = 'eyJhbGciOiJub25lIn0.ready.made';
const NO_CLIENT = { clientId: undefined, clientSecret: undefined };

const jwt = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;

describe('a ready-made assertion', () => {
  it.each([
    ['a string', MADE],
    ['a Secret', new Secret(MADE)],
    ['a function', () => MADE],
  ])(
    'the JWT bearer grant sends a ready-made assertion as it is, from %s',
    async (_what, assertion) => {
      const request = await requestOf({ ...NO_CLIENT, grantType: JWT_BEARER, assertion });
      expect(formOf(request)).toEqual({ grant_type: JWT_BEARER, assertion: MADE });
    },
  );

  it('the SAML bearer grant sends a ready-made assertion (RFC 7522)', async () => {
    const request = await requestOf({ ...NO_CLIENT, grantType: SAML2_BEARER, assertion: MADE });
    expect(formOf(request)).toEqual({ grant_type: SAML2_BEARER, assertion: MADE });
  });

  it('a ready-made assertion authenticates the client', async () => {
    const asked: unknown[] = [];
    const request = await requestOf(
      {
        clientSecret: undefined,
        clientAuthentication: 'private_key_jwt',
        clientAssertion: async (target) => (asked.push(target), MADE),
      },
      { subject: 'ama' },
    );
    expect(formOf(request)).toMatchObject({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: MADE,
    });
    expect(asked).toEqual([{ subject: 'ama' }]);
  });

  it('a ready-made assertion that fails to resolve is an error with the member', async () => {
    const bench = new ScriptedEndpoint({
      ...NO_CLIENT,
      grantType: JWT_BEARER,
      assertion: () => Promise.reject(new Error(MADE)),
    });
    const error = await rejection(bench.provider.getToken());
    expect(error).toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
      message: expect.stringContaining('`assertion`'),
    });
    expectNoSecret([error], [MADE]);
  });

  it('a ready-made assertion is masked where the vendor repeats it', async () => {
    const bench = new ScriptedEndpoint(
      { ...NO_CLIENT, grantType: JWT_BEARER, assertion: MADE },
      () => json({ error: 'invalid_grant', error_description: `bad: ${MADE}` }, 400),
    );
    const error = await rejection(bench.provider.getToken());
    expect(error).toMatchObject({ code: 'CREDENTIALS_REJECTED' });
    expectNoSecret([error, bench.events], [MADE]);
  });
});

describe('the account of a ready-made assertion', () => {
  const keyOf = (assertion: string, member: 'assertion' | 'clientAssertion' = 'assertion') => {
    const endpoint: EndpointOptions = { grantType: JWT_BEARER };
    return accountKey('acme', endpoint, { [member]: assertion }, {}, identityOf(endpoint));
  };

  it.each(['assertion', 'clientAssertion'] as const)(
    'stays the same when the JWT in `%s` is issued anew',
    (member) => {
      const one = jwt({ iss: 'a', sub: 'robot', iat: 1, exp: 2, jti: 'x' });
      const next = jwt({ exp: 4, sub: 'robot', jti: 'y', iat: 3, iss: 'a', nbf: 3 });
      expect(keyOf(one, member)).toBe(keyOf(next, member));
      expect(keyOf(one, member)).not.toBe(keyOf(jwt({ iss: 'a', sub: 'other' }), member));
    },
  );

  it('the account key changes with an assertion that is not a JWT', () => {
    expect(keyOf('<saml id="1"/>')).not.toBe(keyOf('<saml id="2"/>'));
  });
});

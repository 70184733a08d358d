import { describe, expect, it } from '@jest/globals';
import { jwtVerify } from 'jose';

import { CLIENT_ID } from '../support/acme.js';
import type { EndpointOptions } from '../support/endpoint-bench.js';
import { claimsOf, headerOf, keyPair } from '../support/keys.js';
import { AUTH, CUSTOM, formOf, requestOf, ScriptedEndpoint } from '../support/scripted-endpoint.js';

const { privateKey, publicKey } = keyPair('P-256');
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

describe('the JWT bearer grant', () => {
  const bearer = (options: EndpointOptions = {}): EndpointOptions => ({
    grantType: JWT_BEARER,
    clientSecret: undefined,
    assertion: { key: privateKey, keyId: 'k-1' },
    ...options,
  });

  it('the JWT bearer grant sends an assertion about the client without client authentication', async () => {
    const bench = new ScriptedEndpoint(bearer({ scope: 'read' }));
    await bench.ask();
    const { assertion, ...others } = formOf(bench.latest);
    expect(others).toEqual({ grant_type: JWT_BEARER, scope: 'read', client_id: CLIENT_ID });
    const currentDate = new Date(bench.clock.now());
    const { payload } = await jwtVerify(assertion!, publicKey, { currentDate });
    const iat = Math.floor(bench.clock.now() / 1_000);
    const standard = { iss: CLIENT_ID, sub: CLIENT_ID, aud: `${AUTH}/token` };
    expect(payload).toEqual({ ...standard, iat, exp: iat + 300, jti: expect.any(String) });
    expect(headerOf(assertion!)).toMatchObject({ kid: 'k-1' });
  });

  it('the JWT bearer grant sends an assertion about the subject of the call', async () => {
    const request = await requestOf(bearer(), { subject: 'ama@acme.example' });
    expect(claimsOf(formOf(request)['assertion']!)).toMatchObject({
      iss: CLIENT_ID,
      sub: 'ama@acme.example',
    });
  });

  it('the claims of an assertion may carry the scope', async () => {
    const request = await requestOf(
      bearer({
        clientId: undefined,
        scope: ['a', 'b'],
        scopeParameter: false,
        assertion: { key: privateKey, issuer: 'robot', claims: { scope: ({ scope }) => scope } },
      }),
    );
    const { assertion, ...others } = formOf(request);
    expect(others).toEqual({ grant_type: JWT_BEARER });
    const claims = claimsOf(assertion!);
    expect(claims).toMatchObject({ iss: 'robot', scope: 'a b' });
    expect(claims).not.toHaveProperty('sub');
  });
});

describe('token exchange', () => {
  const exchange: EndpointOptions = {
    grantType: TOKEN_EXCHANGE,
    subjectToken: ({ subject }) => `session of ${subject}`,
  };

  it('token exchange sends the subject token and its type', async () => {
    const request = await requestOf(exchange, { subject: 'ama' });
    expect(formOf(request)).toEqual({
      grant_type: TOKEN_EXCHANGE,
      subject_token: 'session of ama',
      subject_token_type: ACCESS_TOKEN,
    });
    expect(request.headers['authorization']).toMatch(/^Basic /);
  });

  it('token exchange sends the actor token, and types that the definition names', async () => {
    const request = await requestOf({
      ...exchange,
      actorToken: 'robot',
      parameters: { subject_token_type: 'urn:acme:session', requested_token_type: 'urn:acme:t' },
    });
    expect(formOf(request)).toMatchObject({
      subject_token_type: 'urn:acme:session',
      actor_token: 'robot',
      actor_token_type: ACCESS_TOKEN,
      requested_token_type: 'urn:acme:t',
    });
  });
});

describe('a token that is signed here', () => {
  const selfSigned: EndpointOptions = {
    ...CUSTOM,
    grantType: 'self_signed_jwt',
    tokenEndpoint: undefined,
  };

  it('a self-signed token lives an hour and needs no request', async () => {
    const bench = new ScriptedEndpoint({
      ...selfSigned,
      clientId: 'team',
      assertion: { key: privateKey, audience: 'appstoreconnect-v1' },
    });
    const tokens = await bench.provider.getToken();
    const { payload } = await jwtVerify(tokens.accessToken, publicKey, {
      currentDate: new Date(bench.clock.now()),
    });
    expect(payload).toMatchObject({ iss: 'team', sub: 'team', aud: 'appstoreconnect-v1' });
    expect(payload.exp! * 1_000).toBe(bench.clock.now() + 3_600_000);
    expect(tokens).toMatchObject({ expiresAt: bench.clock.now() + 3_600_000, tokenType: 'Bearer' });
    expect([bench.requests, tokens.refreshToken]).toEqual([[], undefined]);
  });

  it('a self-signed token is renewed like any other, with a new identifier each time', async () => {
    const bench = new ScriptedEndpoint({
      ...selfSigned,
      assertion: { key: privateKey, lifetime: 60 },
    });
    const first = await bench.provider.getToken();
    expect(await bench.provider.getToken()).toBe(first);
    bench.clock.advance(60_000);
    const second = await bench.provider.getToken();
    const [one, other] = [first, second].map(({ accessToken }) => claimsOf(accessToken));
    expect(one!['jti']).not.toBe(other!['jti']);
    expect(one).not.toHaveProperty('aud');
  });

  it('a self-signed token is for the subject of the call and travels as `use` says', async () => {
    const bench = new ScriptedEndpoint({
      ...selfSigned,
      use: { scheme: 'JWT' },
      scope: 'read',
      assertion: { key: privateKey, claims: { scope: ({ scope }) => scope } },
    });
    const [ama, kofi] = await Promise.all(
      ['ama', 'kofi'].map((subject) => bench.provider.for(subject).getToken()),
    );
    expect(claimsOf(ama!.accessToken)).toMatchObject({ sub: 'ama', scope: 'read' });
    expect(claimsOf(kofi!.accessToken)).toMatchObject({ sub: 'kofi' });
    expect(ama).toMatchObject({ tokenType: 'JWT', scope: 'read' });
  });
});

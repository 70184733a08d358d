import { describe, expect, it } from '@jest/globals';

import { accountKey } from '../../lib/oauth2/account-key.js';
import type { TokenEndpoint } from '../../lib/oauth2/token-endpoint.js';

const ENDPOINT: TokenEndpoint = {
  tokenEndpoint: 'https://vendor.example/token',
  grantType: 'password',
  scope: 'read write',
  parameters: { audience: 'a', tenant: 't' },
};
const CREDENTIALS = { clientId: 'id', clientSecret: 'secret', username: 'ama', password: 'pass' };

const key = (
  endpoint: Partial<TokenEndpoint> = {},
  credentials: Partial<typeof CREDENTIALS> = {},
  target = {},
) => accountKey('acme', { ...ENDPOINT, ...endpoint }, { ...CREDENTIALS, ...credentials }, target);

describe('the key of an account', () => {
  it.each([
    ['the order of scopes', key({ scope: ['write', 'read'] })],
    ['the order of parameters', key({ parameters: { tenant: 't', audience: 'a' } })],
    ['who names the scope', key({}, {}, { scope: 'write read' })],
  ])('does not depend on %s', (_what, other) => {
    expect(other).toBe(key());
  });

  it.each([
    ['token endpoint', key({ tokenEndpoint: 'https://vendor.example/other' })],
    ['grant', key({ grantType: 'client_credentials' })],
    ['scope', key({ scope: 'read' })],
    ['resource', key({ resource: 'https://api.example' })],
    ['parameter', key({ parameters: { audience: 'a', tenant: 'u' } })],
    ['header', key({ headers: { 'x-tenant': 't' } })],
    ['subject', key({}, {}, { subject: 'ama' })],
    ['scope of the call', key({}, {}, { scope: 'admin' })],
    ['client', key({}, { clientId: 'other' })],
    ['client secret', key({}, { clientSecret: 'other' })],
    ['user', key({}, { username: 'kofi' })],
    ['password', key({}, { password: 'other' })],
    ['way to split them', key({}, { username: 'amap', password: 'ass' })],
  ])('changes with its %s', (_what, other) => {
    expect(other).not.toBe(key());
  });

  it('tells nothing of the account', () => {
    expect(key()).toMatch(/^[\w-]{43}$/);
  });
});

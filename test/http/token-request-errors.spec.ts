import { describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { acme, CLIENT_ID, CLIENT_SECRET } from '../support/acme.js';
import { FakeVendor, reset, type Answer, type Received } from '../support/fake-vendor.js';
import { logged } from '../support/logged.js';
import { App } from '../support/nest-app.js';
import { expectNoSecret } from '../support/secrets.js';

const TOKEN = 'pQ7xV2mR9kTz4WnB';

describe('what a caller gets to see of a failed token request', () => {
  const password = 'hJ4-sF8+qLm2/Yx=';
  const refreshToken = 'Rf6tGb1nHy9uJmKl';
  const basic = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64');
  const secrets = [CLIENT_SECRET, password, refreshToken, TOKEN, basic];

  it.each<[string, Answer | typeof quoting]>([
    ['a refusal', { status: 400, body: { error: 'invalid_grant' } }],
    ['a refusal that quotes what it got', quoting],
    ['a response that is no token set', { body: { access_token: { value: TOKEN } } }],
    ['a token that no header may carry', { body: { access_token: `${TOKEN}\r\nx: ${TOKEN}` } }],
    ['a token of another kind', { body: { access_token: TOKEN, token_type: 'mac' } }],
    ['a page', { status: 404, body: `<html>${secrets.join(' ')}</html>` }],
    ['a redirect', { status: 307, headers: { location: `https://x.example/?s=${CLIENT_SECRET}` } }],
    ['a reset connection', reset],
    ['a response that is too long', { body: `{"access_token":"${TOKEN.repeat(100_000)}"}` }],
  ])('the error of a failed token request shows no secret: %s', async (_what, answer) => {
    const vendor = await FakeVendor.start();
    vendor.onToken = (request, count) => {
      if (count > 1) return answer === quoting ? quoting(request) : (answer as Answer);
      return { body: { access_token: 'first', expires_in: 0, refresh_token: refreshToken } };
    };
    const app = await App.start({
      providers: [acme(vendor, { grantType: 'password', username: 'ama', password })],
    });
    try {
      await app.tokens('acme').getToken();
      app.tokens('acme').invalidate();
      const seen: unknown = await firstValueFrom(app.http('acme').get('/orders')).catch(
        (error: unknown) => error,
      );
      expect(seen).toMatchObject({ name: 'OAuth2ClientError', provider: 'acme' });
      expect(vendor.tokenRequests[1]?.form).toMatchObject({ refresh_token: refreshToken });
      for (const value of [seen, logged(seen), app.log.lines, app.tokens('acme').status()]) {
        expectNoSecret(value, secrets);
      }
      expectNoSecret(JSON.stringify(logged(seen)), secrets);
    } finally {
      await Promise.all([app.close(), vendor.close()]);
    }
  });
});

/** A vendor's response that repeats the request in every spelling. */
function quoting({ form, headers }: Received): Answer {
  const told = [form['password'], form['refresh_token'], headers.authorization, CLIENT_SECRET];
  const spelled = told
    .filter((secret) => secret !== undefined)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString('base64'),
    ]);
  const body = { error: `bad ${spelled[0]!}`, error_description: spelled.join(' ') };
  return { status: 401, body };
}

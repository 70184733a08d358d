import { describe, expect, it } from '@jest/globals';

import { MemoryTokenStore, values } from '../../lib/index.js';
import { SharedStore } from '../../lib/sharing/shared-store.js';
import { rejection } from '../support/collect.js';
import { granted, type EndpointOptions } from '../support/endpoint-bench.js';
import { AUTH, CUSTOM, json, ScriptedEndpoint, type Script } from '../support/scripted-endpoint.js';
import { ManualClock } from '../support/manual-clock.js';

const PATHS: Record<string, () => ReturnType<Script>> = {
  '/start': () => json({ session: { id: 's-1', logout: '/sessions/s-1' } }),
  '/token': () => granted({ logout_url: `${AUTH}/logout/7`, session: { id: 's-7' } }),
  '/me': () => json({ links: { logout: '/users/5/logout' } }),
};
const answers: Script = ({ url }) => PATHS[new URL(url).pathname]?.() ?? json({});

/** What a provider with such a `revocation` asks when it gives its token back. */
async function logoutOf(options: EndpointOptions) {
  const bench = new ScriptedEndpoint({ ...CUSTOM, ...options }, answers);
  await bench.provider.getToken();
  await bench.provider.revoke();
  return bench.latest;
}

describe('a logout', () => {
  it('a logout goes to the URL from the login response', async () => {
    const request = await logoutOf({
      revocation: { url: values.extra('logout_url'), method: 'DELETE' },
    });
    expect(request).toMatchObject({ method: 'DELETE', url: `${AUTH}/logout/7` });
  });

  it('a logout sends the session from the login response', async () => {
    const request = await logoutOf({
      response: { capture: { sid: 'session.id' } },
      revocation: { url: '/logout', headers: { 'x-session': values.extra('sid') } },
    });
    expect(request.headers).toMatchObject({ 'x-session': 's-7' });
  });

  it('a logout can use what a step before the login captured', async () => {
    const request = await logoutOf({
      before: { start: { url: '/start', response: { capture: { bye: 'session.logout' } } } },
      revocation: { url: values.extra('bye') },
    });
    expect(request.url).toBe(`${AUTH}/sessions/s-1`);
  });

  it('a logout can use the responses of the steps after the login', async () => {
    const request = await logoutOf({
      after: { me: { url: '/me' } },
      revocation: { url: values.extra('me.links.logout') },
    });
    expect(request.url).toBe(`${AUTH}/users/5/logout`);
  });

  it('a logout after a restart reads these values from the shared store', async () => {
    const clock = new ManualClock();
    const store = new MemoryTokenStore(clock);
    const start = () =>
      new ScriptedEndpoint(
        {
          ...CUSTOM,
          before: { start: { url: '/start', response: { capture: { sid: 'session.id' } } } },
          after: { me: { url: '/me' } },
          revocation: {
            url: values.extra('logout_url'),
            parameters: { sid: values.extra('sid'), also: values.extra('me.links.logout') },
          },
        },
        answers,
        { store: new SharedStore(store, clock), clock },
      );
    await start().provider.getToken();
    const restarted = start();
    await restarted.provider.revoke();
    expect(restarted.requests).toHaveLength(1);
    expect(restarted.latest).toMatchObject({
      url: `${AUTH}/logout/7`,
      body: 'sid=s-1&also=%2Fusers%2F5%2Flogout',
    });
  });

  it('a logout without a URL from the login sends nothing and fails', async () => {
    const error = await rejection(logoutOf({ revocation: { url: values.extra('nothing') } }));
    expect(error).toMatchObject({
      code: 'CREDENTIALS_UNAVAILABLE',
      message: expect.stringContaining(
        '`revocation.url` of the definition failed: it returned undefined',
      ),
    });
  });

  it.each([
    ['https://evil.example/x', 'URL_NOT_OWNED'],
    ['https://auth.acme.example.evil.example', 'URL_NOT_OWNED'],
    ['https://auth.acme.example:8443/x', 'URL_NOT_OWNED'],
    ['//evil.example/x', 'CREDENTIALS_UNAVAILABLE'],
    ['/\\evil.example', 'CREDENTIALS_UNAVAILABLE'],
    ['http://auth.acme.example/x', 'CREDENTIALS_UNAVAILABLE'],
    ['https://user:pw@auth.acme.example/', 'CREDENTIALS_UNAVAILABLE'],
  ])('a logout never goes to %s', async (logout_url, code) => {
    const bench = new ScriptedEndpoint(
      { ...CUSTOM, revocation: { url: values.extra('logout_url') } },
      () => granted({ logout_url }),
    );
    await bench.provider.getToken();
    const error = await rejection(bench.provider.revoke());
    expect(error).toMatchObject({ code, provider: 'acme' });
    expect(bench.requests).toHaveLength(1);
  });

  it('a logout may go to another origin in `origins`', async () => {
    const bench = new ScriptedEndpoint(
      { ...CUSTOM, origins: ['https://*.acme.example'], revocation: { url: values.extra('bye') } },
      () => granted({ bye: 'https://eu.acme.example/bye' }),
    );
    await bench.provider.getToken();
    await bench.provider.revoke();
    expect(bench.latest.url).toBe('https://eu.acme.example/bye');
  });
});

describe('what a login has brought', () => {
  it('a refresh can use a URL from the login response', async () => {
    const bench = new ScriptedEndpoint(
      {
        grantType: 'password',
        username: 'ama',
        password: 'zW4+nQ7',
        refresh: { url: values.extra('renew_at') },
      },
      () => granted({ refresh_token: 'r', renew_at: '/renew/5', expires_in: 60 }),
    );
    await bench.provider.getToken();
    for (let i = 0; i < 2; i++) {
      bench.clock.advance(60_000);
      await bench.provider.getToken();
    }
    expect(bench.paths).toEqual(['/token', '/renew/5', '/renew/5']);
  });
});

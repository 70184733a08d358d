import { describe, expect, it } from '@jest/globals';

import { granted, type EndpointOptions } from '../support/endpoint-bench.js';
import { json, ScriptedEndpoint } from '../support/scripted-endpoint.js';

const PASSWORD: EndpointOptions = { grantType: 'password', username: 'ama', password: 'p' };

/** The token sets of a login and of the refresh after it. */
async function twoLives(bench: ScriptedEndpoint) {
  const login = await bench.provider.getToken();
  bench.clock.advance(60_000);
  const refreshed = await bench.provider.getToken();
  expect(refreshed.refreshes).toBe(1);
  return [login, refreshed] as const;
}

describe('a refresh', () => {
  it('a refresh keeps the responses of the steps after the login', async () => {
    const after = { info: { url: '/info', method: 'GET' } } as const;
    const bench = new ScriptedEndpoint({ ...PASSWORD, after }, ({ url }) =>
      url.endsWith('/info')
        ? json({ base: 'https://eu.acme.example' })
        : granted({ refresh_token: 'r', expires_in: 60 }),
    );
    const [login, refreshed] = await twoLives(bench);
    expect(login.extra).toEqual({ info: { base: 'https://eu.acme.example' } });
    expect(refreshed.extra).toEqual(login.extra);
  });

  it('a refresh keeps what only the login response had', async () => {
    const told = { instance_url: 'https://eu.acme.example' };
    const bench: ScriptedEndpoint = new ScriptedEndpoint(PASSWORD, () =>
      granted({ refresh_token: 'r', expires_in: 60, ...(bench.requests.length === 1 && told) }),
    );
    const [, refreshed] = await twoLives(bench);
    expect(refreshed.extra).toEqual(told);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { firstValueFrom } from 'rxjs';

import { MemoryTokenStore, values } from '../../lib/index.js';
import { acme } from '../support/acme.js';
import { FakeVendor, type Received } from '../support/fake-vendor.js';
import { Gate } from '../support/gate.js';
import { ManualClock } from '../support/manual-clock.js';
import { App } from '../support/nest-app.js';

const PAUSE = 30_000;

/** A vendor that allows two sessions, and lets each be ended at a URL that came with its login. */
class SessionVendor {
  readonly open = new Set<string>();
  /** Opens as soon as a session was ended. */
  ended = new Gate();
  #count = 0;

  private constructor(readonly http: FakeVendor) {
    http.onToken = () => {
      if (this.open.size >= 2) return { status: 409, body: { error: 'too_many_sessions' } };
      const id = `s-${++this.#count}`;
      this.open.add(id);
      return { body: { sid: id, links: { logout: `/sessions/${id}` } } };
    };
    http.onApi = (request) => this.#answer(request);
  }

  static async start(): Promise<SessionVendor> {
    return new SessionVendor(await FakeVendor.start());
  }

  #answer({ method, path, headers }: Received) {
    const id = path.split('/').at(-1)!;
    if (method !== 'DELETE') return this.open.has(String(headers['x-sid'])) ? {} : { status: 401 };
    const isOpen = this.open.delete(id);
    void this.ended.pass();
    return { status: isOpen ? 204 : 404 };
  }
}

describe('a vendor that allows few sessions', () => {
  let vendor: SessionVendor;
  let clock: ManualClock;
  const apps: App[] = [];

  beforeEach(async () => {
    vendor = await SessionVendor.start();
    clock = new ManualClock();
  });
  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.close()));
    await vendor.http.close();
  });

  const start = async (changes: object = {}, store?: MemoryTokenStore) => {
    const definition = acme(vendor.http, {
      grantType: 'custom',
      clientId: undefined,
      clientSecret: undefined,
      username: 'ama',
      password: 'zW4+nQ7/yR2',
      encoding: 'json',
      parameters: { user: values.credential('username'), password: values.credential('password') },
      response: { accessToken: 'sid', capture: { logout: 'links.logout' } },
      use: { header: 'X-Sid' },
      revocation: { url: values.extra('logout'), method: 'DELETE' },
      revokeReplaced: true,
      ...changes,
    });
    const app = await App.start({
      runtime: { clock },
      providers: [definition],
      ...(store && { store }),
    });
    apps.push(app);
    return app;
  };
  const get = (app: App) => firstValueFrom(app.http('acme').get('/orders'));
  const logout = async () => {
    const arrived = vendor.ended.arrived();
    clock.advance(PAUSE);
    await arrived;
    vendor.ended.open();
    vendor.ended = new Gate();
  };

  it('a vendor that allows few sessions never runs full, however often a session is replaced', async () => {
    const app = await start();
    await get(app);
    for (let i = 0; i < 4; i++) {
      clock.advance(300_000);
      await get(app);
      await logout();
      await get(app); // by then the answer to the logout has been read
      expect([...vendor.open]).toEqual([`s-${i + 2}`]);
    }
    expect(app.log.lines.filter((line) => line.includes('session'))).toEqual([]);
  });

  it('a vendor that allows few sessions runs full if replaced sessions are not revoked', async () => {
    const app = await start({ revokeReplaced: false });
    await get(app);
    clock.advance(300_000);
    await get(app);
    clock.advance(300_000);
    await expect(get(app)).rejects.toMatchObject({ code: 'TOKEN_REQUEST_REJECTED', status: 409 });
  });

  it('requests with a replaced session are served until it is revoked', async () => {
    const app = await start();
    await get(app);
    app.tokens('acme').invalidate();
    await get(app);
    expect([...vendor.open]).toEqual(['s-1', 's-2']);
    await logout();
    expect([...vendor.open]).toEqual(['s-2']);
  });

  it('a replaced session is revoked by one instance only', async () => {
    const store = new MemoryTokenStore(clock);
    const [one, other] = [await start({}, store), await start({}, store)];
    await get(one);
    await get(other);
    clock.advance(300_000);
    await get(other);
    await get(one);
    await logout();
    await Promise.all([one.close(), other.close()]);
    const deletions = vendor.http.apiRequests.filter(({ method }) => method === 'DELETE');
    expect(deletions.map(({ path }) => path)).toEqual(['/sessions/s-1']);
  });

  it('a replaced session is revoked when the app closes before the pause is over', async () => {
    const app = await start();
    await get(app);
    app.tokens('acme').invalidate();
    await get(app);
    vendor.ended.open();
    await app.close();
    expect([...vendor.open]).toEqual(['s-2']);
  });

  it('a vendor that refuses to end a replaced session is named in the log', async () => {
    const app = await start({ revocation: { url: '/wrong/URL', method: 'DELETE' } });
    await get(app);
    app.tokens('acme').invalidate();
    await get(app);
    vendor.ended.open();
    await app.close();
    expect(app.log.lines).toContainEqual(
      expect.stringMatching(/^warn .*a replaced token was not revoked: .*404/),
    );
  });
});

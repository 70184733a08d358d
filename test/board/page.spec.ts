import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ForbiddenException,
  Injectable,
  Module,
  VersioningType,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
} from '@nestjs/common';
import { map, type Observable } from 'rxjs';

import { acme, CLIENT_SECRET } from '../support/acme.js';
import { BoardApp, PLATFORMS } from '../support/board-app.js';
import { EventStream } from '../support/event-stream.js';
import { FakeVendor } from '../support/fake-vendor.js';
import { expectNoSecret } from '../support/secrets.js';

@Injectable()
class Password {
  readonly value = 'open sesame';
}

@Module({ providers: [Password], exports: [Password] })
class PasswordModule {}

@Injectable()
class PasswordGuard implements CanActivate {
  constructor(private readonly password: Password) {}

  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string> }>();
    if (headers['x-password'] !== this.password.value) throw new ForbiddenException();
    return true;
  }
}

const wrapping = {
  intercept: (_context: ExecutionContext, next: CallHandler): Observable<unknown> =>
    next.handle().pipe(map((data: unknown) => ({ data }))),
};

describe.each(PLATFORMS)('the status board on %s', (platform) => {
  let vendor: FakeVendor;
  let board: BoardApp;
  const start = async (options: Partial<Parameters<typeof BoardApp.start>[0]> = {}) => {
    board = await BoardApp.start({ platform, providers: [acme(vendor)], ...options });
    return board;
  };

  beforeEach(async () => {
    vendor = await FakeVendor.start();
  });
  afterEach(async () => {
    await board.close();
    await vendor.close();
  });

  it('shows a provider that nobody has used as idle', async () => {
    await start();
    const response = await board.get('/oauth2');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const page = await response.text();
    expect(page).toMatch(/>\s*acme\s*<\/h2>/);
    expect(page).toContain('data-state="acme is idle"');
    expect(page).toContain('no token');
  });

  it('shows state, expiry, last renewal and counts of a provider with a token', async () => {
    await start();
    await board.http().axiosRef.get('/orders');
    const page = await board.page();
    expect(page).toContain('data-state="acme is up"');
    expect(page).toMatch(/<dt>Token expires<\/dt>\s*<dd>\s*<time[^>]*>in (1 h 00|59) min/);
    expect(page).toMatch(
      /<dt>Last renewal<\/dt>\s*<dd>\s*<time[^>]*>0 s ago<\/time\s*><small>logged in, \d+ ms/,
    );
    expect(page).toMatch(/<dt>API requests<\/dt>\s*<dd>1<small>1 waited/);
    expect(page).toContain('1 renewal.');
  });

  it('says what failed, what to do, and when the next attempt is made', async () => {
    await start();
    vendor.onToken = () => ({ status: 401, body: { error: 'invalid_client' } });
    await board
      .http()
      .axiosRef.get('/orders')
      .catch(() => {});
    const page = await board.page();
    const { error } = board.tokens().status();
    expect(page).toContain('data-state="acme is down"');
    expect(page).toContain('invalid_client');
    expect(page).toContain('CREDENTIALS_REJECTED');
    const [firstWords] = error!.hint.split('`');
    expect(page).toContain(`<b>What to do:</b> ${firstWords}`);
    expect(page).toMatch(/<dt>Next attempt<\/dt>\s*<dd>\s*<time[^>]*>in \d+ s/);
  });

  it('shows no secret on the page and in the events', async () => {
    await start();
    await board.http().axiosRef.get('/orders');
    vendor.live.clear();
    vendor.onToken = () => ({
      status: 400,
      body: { error: 'invalid_client', error_description: CLIENT_SECRET },
    });
    await board
      .http()
      .axiosRef.get('/orders')
      .catch(() => {});
    const events = await EventStream.open(`${board.url}/oauth2/events`);
    const texts = [await board.page(), JSON.stringify(await events.next())];
    events.close();
    expect(texts[0]).toContain('data-state="acme is down"');
    expectNoSecret(texts, [CLIENT_SECRET, 'access-token-number-1', 'access-token-number-2']);
  });

  it('escapes what the vendor and the account labels say', async () => {
    const hostile = '<img src=x onerror="alert(1)">';
    await start({ accountLabel: () => hostile });
    vendor.onToken = () => ({
      status: 400,
      body: { error: 'invalid_client', error_description: hostile },
    });
    await board
      .tokens()
      .getToken({ subject: 'one' })
      .catch(() => {});
    const page = await board.page(`?q=${encodeURIComponent('<img')}&state=%3Cimg&window=%3Cimg`);
    expect(page).toContain('&lt;img src=x');
    expect(page).not.toContain('<img');
  });

  it('takes a name that every object has for no window and no state', async () => {
    await start();
    const page = await board.page('?window=constructor&state=toString');
    expect(page).not.toContain('NaN');
    expect(page).toMatch(/aria-current="true"\s*>5 min</);
  });

  it('sends a policy that allows scripts and styles only from its own routes', async () => {
    await start();
    const { headers } = await board.get('/oauth2');
    expect(headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'",
    );
    const page = await board.page();
    expect(page).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/);
    const style = await board.get('/oauth2/board.css');
    const script = await board.get('/oauth2/board.js');
    expect([style, script].map(({ headers }) => headers.get('content-type'))).toEqual([
      'text/css; charset=utf-8',
      'text/javascript; charset=utf-8',
    ]);
  });

  it('works under a global prefix, with versions in the URL and with an interceptor of the app', async () => {
    const prepare = (app: INestApplication) => {
      app.setGlobalPrefix('internal');
      app.enableVersioning({ type: VersioningType.URI });
      app.useGlobalInterceptors(wrapping);
    };
    await start({ prepare, board: { path: 'status/tokens' } });
    const response = await board.get('/internal/status/tokens');
    const page = await response.text();
    expect(page).toMatch(/^<!doctype html>/);
    const script = /src="([^"]+board\.js)"/.exec(page)![1]!;
    const loaded = await fetch(new URL(script, response.url));
    expect(await loaded.text()).toContain('new EventSource');
    const events = await EventStream.open(new URL('events', loaded.url).href);
    expect((await events.next()).sections.map(({ id }) => id)).toContain('provider-0');
    events.close();
  });

  it('lets its guard decide about every route, with what the guard injects', async () => {
    const guarded = { guards: [PasswordGuard], imports: [PasswordModule], allowActions: true };
    await start({ board: guarded });
    const paths = ['', '/board.js', '/board.css', '/events'];
    for (const path of paths) expect((await board.get(`/oauth2${path}`)).status).toBe(403);
    for (const path of ['/renew', '/invalidate']) {
      const headers = { 'sec-fetch-site': 'same-origin' };
      expect((await board.post(`/oauth2${path}?provider=provider-0`, headers)).status).toBe(403);
    }
    expect((await board.get('/oauth2', { 'x-password': 'open sesame' })).status).toBe(200);
  });

  it('sends an update when something happens, and closes with the app', async () => {
    await start();
    const events = await EventStream.open(`${board.url}/oauth2/events`);
    expect((await events.next()).sections.map(({ id }) => id)).toEqual([
      'summary',
      'provider-0',
      'accounts',
    ]);
    await board.tokens().getToken();
    await events.until('acme is up');
    const begun = performance.now();
    await board.close();
    await events.ended();
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

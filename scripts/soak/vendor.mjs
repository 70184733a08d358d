// A vendor that misbehaves as the seed says, and checks what a correct client may never do.
import { once } from 'node:events';
import { createServer } from 'node:http';

const LIFETIME = 2; // seconds, so that a minute holds many renewals

/** Ways in which a token endpoint fails. */
const FAULTS = {
  none: undefined,
  error: (_req, res) => send(res, 500, { error: 'server_error' }),
  html: (_req, res) => send(res, 200, '<html>Please log in</html>'),
  throttled: (_req, res) => send(res, 429, {}, { 'retry-after': '1' }),
  refused: (_req, res) => send(res, 400, { error: 'invalid_grant', error_description: 'no' }),
  reset: (req) => req.socket.resetAndDestroy(),
  silent: () => {},
  junk: (_req, res) => send(res, 200, { access_token: 'bad\r\ntoken', token_type: 'Bearer' }),
};

export class Vendor {
  /** access token → { subject, end } */
  live = new Map();
  /** refresh token → account, of those that still work and of all. */
  refreshTokens = new Map();
  #owners = new Map();
  fault = 'none';
  counts = { token: 0, api: 0, api401: 0 };
  violations = [];
  #flying = new Map();
  #issued = 0;
  #server = createServer((req, res) => void this.#serve(req, res));

  constructor(random, now) {
    this.random = random;
    this.now = now;
  }

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
    return this;
  }

  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Changes the weather: mostly fair, so that recoveries are seen. */
  stir() {
    const names = Object.keys(FAULTS);
    this.fault = this.random() < 0.6 ? 'none' : names[Math.floor(this.random() * names.length)];
    if (this.random() < 0.2) this.live.clear();
    if (this.random() < 0.1) this.refreshTokens.clear();
  }

  async #serve(req, res) {
    let body = '';
    for await (const chunk of req) body += chunk;
    if (req.url === '/token') return this.#token(new URLSearchParams(body), req, res);
    return this.#api(req, res);
  }

  #token(form, req, res) {
    const account = form.get('username') ?? this.#owners.get(form.get('refresh_token'));
    this.counts.token++;
    this.#enter(account, res);
    const fault = FAULTS[this.fault];
    if (fault) return fault(req, res);
    const refreshToken = form.get('refresh_token');
    if (refreshToken !== null && !this.refreshTokens.delete(refreshToken)) {
      return send(res, 400, { error: 'invalid_grant' });
    }
    return send(res, 200, this.#grant(account));
  }

  /** One account never asks twice at a time. */
  #enter(account, res) {
    const flying = (this.#flying.get(account) ?? 0) + 1;
    this.#flying.set(account, flying);
    if (flying > 1) this.violations.push(`${flying} token requests at once for ${account}`);
    res.once('close', () => this.#flying.set(account, this.#flying.get(account) - 1));
  }

  #grant(account) {
    const access_token = `canary-access-token-${++this.#issued}`;
    const refresh_token = `canary-refresh-token-${this.#issued}`;
    this.live.set(access_token, { account, end: this.now() + LIFETIME * 1000 });
    this.refreshTokens.set(refresh_token, account);
    this.#owners.set(refresh_token, account);
    return { access_token, refresh_token, token_type: 'Bearer', expires_in: LIFETIME };
  }

  #api(req, res) {
    this.counts.api++;
    const [, token] = /^Bearer (.+)$/.exec(req.headers.authorization ?? '') ?? [];
    if (!token) this.violations.push('a request without a token');
    const grant = this.live.get(token);
    const account = new URL(req.url, this.url).searchParams.get('account');
    if (grant && account !== grant.account) this.violations.push(`${account} got another's token`);
    if (grant && grant.end > this.now()) return send(res, 200, { ok: true });
    this.counts.api401++;
    return send(res, 401, {}, { 'www-authenticate': 'Bearer error="invalid_token"' });
  }
}

function send(res, status, body, headers = {}) {
  const isJson = typeof body === 'object';
  res.writeHead(status, { 'content-type': isJson ? 'application/json' : 'text/html', ...headers });
  res.end(isJson ? JSON.stringify(body) : body);
}

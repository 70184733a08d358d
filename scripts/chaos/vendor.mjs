// A strict authorization server and the API that it protects, both on loopback. Refresh tokens rotate; who sends
// a used one ends its whole family. Everything that arrives goes into the history.
import { once } from 'node:events';
import { createServer } from 'node:http';

import { ACCOUNTS, CANARY, LIFE } from './settings.mjs';

export const CLIENT = { id: 'chaos', secret: `${CANARY}client-secret` };

export const passwordOf = (username) => `${CANARY}password-of-${username}`;

/** What an outage answers: see `OUTAGES` of the schedule. */
const ANSWERS = {
  500: (res) => json(res, 500, { error: 'server_error' }),
  429: (res) => json(res, 429, { error: 'slow_down' }),
  '503 Retry-After': (res) => json(res, 503, {}, { 'retry-after': '1' }),
  hang: () => {},
  '403 JSON': (res) => json(res, 403, { message: 'Forbidden' }),
  '403 page': (res) => page(res, 403),
  '404 page': (res) => page(res, 404),
  '200 page': (res) => page(res, 200),
};

export class Vendor {
  /**
   * How the token endpoint fails at the moment; `undefined`: it works.
   *
   * @type {string | undefined}
   */
  outage = undefined;
  #issued = 0;
  /** Access token → `{ person, scope, end, family }`. */
  #access = new Map();
  /** Refresh token → its family. */
  #families = new Map();
  #server = createServer((req, res) => void this.#serve(req, res));

  /**
   * @param write takes a line of the history
   * @param callerOf names the instance whose connection comes from a port
   * @param random for how long an answer takes
   * @param grace milliseconds in which a used refresh token is taken once more
   */
  constructor({ write, callerOf, random, grace }) {
    Object.assign(this, { write, callerOf, random, grace });
  }

  async listen() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = this.#server.address().port;
    return this;
  }

  async close() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** A person consents: the first refresh token of a new family. */
  consent(person) {
    return this.#successor({ person, isDead: false, used: new Map(), current: undefined });
  }

  isDead(refreshToken) {
    return this.#families.get(refreshToken)?.isDead === true;
  }

  /** Revokes this share of the access tokens that live. */
  revokeAccess(share) {
    const now = Date.now();
    const live = [...this.#access.values()].filter((token) => token.end > now);
    for (const token of live) if (this.random() < share) token.end = now;
  }

  async #serve(req, res) {
    const caller = this.callerOf(req.socket.remotePort);
    let body = '';
    try {
      for await (const chunk of req) body += chunk;
    } catch {
      return; // the connection has ended in the middle of the request
    }
    if (req.url === '/token') return this.#token(req, res, new URLSearchParams(body), caller);
    return this.#api(req, res, caller);
  }

  async #token(req, res, form, caller) {
    const sent = form.get('refresh_token') ?? undefined;
    const family = this.#families.get(sent);
    const line = { by: 'vendor', e: 'token', caller, grant: form.get('grant_type') };
    const person = family?.person ?? form.get('username') ?? 'machine';
    const say = (result, more) => {
      this.write({ ...line, person, token: labelOf(sent), result, ...more });
    };
    if (this.outage !== undefined) {
      say(`outage ${this.outage}`);
      return ANSWERS[this.outage](res);
    }
    if (!this.#isAuthentic(req, form)) {
      say('refused');
      return json(res, 401, { error: 'invalid_client' });
    }
    const result = sent === undefined ? 'granted' : this.#use(family, sent);
    if (result === 'reused' || result === 'dead' || result === 'unknown') {
      say(result);
      return json(res, 400, { error: 'invalid_grant' });
    }
    const answer = this.#grant(person, form, family);
    say(result, { next: labelOf(answer.refresh_token), access: labelOf(answer.access_token) });
    await new Promise((resolve) => setTimeout(resolve, this.random() * 60));
    return json(res, 200, answer);
  }

  #isAuthentic(req, form) {
    const { id, secret } = CLIENT;
    const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const username = form.get('username');
    const isPassword = username === null || form.get('password') === passwordOf(username);
    return req.headers.authorization === basic && isPassword;
  }

  #use(family, sent) {
    if (!family) return 'unknown';
    if (family.isDead) return family.used.has(sent) ? 'reused' : 'dead';
    const usedAt = family.used.get(sent);
    if (usedAt !== undefined) {
      if (Date.now() - usedAt < this.grace) return 'reused in grace';
      family.isDead = true;
      const now = Date.now();
      for (const token of this.#access.values()) if (token.family === family) token.end = now;
      return 'reused';
    }
    family.used.set(sent, Date.now());
    return 'granted';
  }

  #grant(person, form, family) {
    const isMachine = form.get('grant_type') === 'client_credentials';
    const provider = ACCOUNTS.find((account) => account.person === person).provider;
    const lives = LIFE[provider];
    const access_token = `${CANARY}access-${person}-${++this.#issued}`;
    const scope = form.get('scope') ?? undefined;
    const of = family ?? { person, isDead: false, used: new Map() };
    const end = Date.now() + lives * 1_000;
    this.#access.set(access_token, { person, scope, end, family: of });
    const refresh = isMachine ? {} : { refresh_token: this.#successor(of) };
    return { access_token, token_type: 'Bearer', expires_in: lives, scope, ...refresh };
  }

  #successor(family) {
    const refreshToken = `${CANARY}refresh-${family.person}-${++this.#issued}`;
    this.#families.set(refreshToken, family);
    return refreshToken;
  }

  #api(req, res, caller) {
    const { searchParams } = new URL(req.url, 'http://vendor');
    const [, token] = /^Bearer (.+)$/.exec(req.headers.authorization ?? '') ?? [];
    const grant = this.#access.get(token);
    const isLive = grant !== undefined && grant.end > Date.now();
    this.write({
      by: 'vendor',
      e: 'api',
      caller,
      id: searchParams.get('id'),
      account: searchParams.get('account'),
      token: labelOf(token),
      person: grant?.person,
      scope: grant?.scope,
      status: isLive ? 200 : 401,
    });
    if (isLive) return json(res, 200, { ok: true });
    return json(res, 401, {}, { 'www-authenticate': 'Bearer error="invalid_token"' });
  }
}

/** A token as the history names it: without what makes it a secret. */
export function labelOf(token) {
  return token?.replace(CANARY, '');
}

function json(res, status, body, headers = {}) {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(body));
}

function page(res, status) {
  res.writeHead(status, { 'content-type': 'text/html' });
  res.end('<html><body>Please try again later.</body></html>');
}

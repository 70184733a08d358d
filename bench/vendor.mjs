import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a vendor does unless a row says otherwise. */
const ORDINARY = {
  /** `token`, `refuse` (invalid_client), `hang`, or an answer: `{ status, headers, body }`. */
  tokenEndpoint: 'token',
  /** Whether the API takes tokens that are alive; if not, it answers 401 to all. */
  apiAccepts: true,
  /** Milliseconds that the token endpoint takes. */
  tokenDelay: 0,
  /** Milliseconds that the API takes to a 401: for the nth, `step * n` modulo `limit`. */
  rejectionDelay: [0, 1],
  /** What `expires_in` says; `null`: nothing. */
  expiresIn: 3600,
  /** Whether each refresh token is good for one renewal. */
  rotates: false,
  /** `{ error: 'invalid_grant' }` to every refresh. */
  refusesRefresh: false,
  /** A redirect instead of an answer of the API. */
  redirect: null,
  /** What the API answers to a token that is alive. */
  apiStatus: 200,
};

/**
 * A vendor on loopback: a token endpoint, an API that takes only tokens that are alive, and a stranger
 * at another origin who notes what it is sent. It runs in a process of its own and counts.
 */
export class Vendor {
  #settings = { ...ORDINARY };
  #counts = {};
  #alive = new Set();
  #refreshTokens = new Map();
  #servers = [];

  async start() {
    const certificate = selfSigned();
    const api = (req, res) => this.#api(req, res);
    this.urls = {
      token: `${await this.#listen(createServer((req, res) => void this.#token(req, res)))}/token`,
      api: await this.#listen(createServer(api)),
      secureApi: await this.#listen(createHttpsServer(certificate, api), 'https'),
      stranger: await this.#listen(createServer((req, res) => this.#stranger(req, res))),
    };
    this.ca = certificate.cert;
    this.reset();
    return this;
  }

  /** What a row may ask for. */
  set(changes) {
    Object.assign(this.#settings, changes);
  }

  reset() {
    this.#settings = { ...ORDINARY };
    this.#counts = { token: 0, logins: 0, refreshes: 0, reused: 0, api: 0, rejected: 0 };
    this.#counts.strangers = []; // what a stranger was sent
    this.#counts.credentials = []; // the Authorization headers that the API has seen, each once
    this.#alive.clear();
    this.#refreshTokens.clear();
  }

  counts() {
    return this.#counts;
  }

  /** Every access token issued until now is dead. */
  revokeAll() {
    this.#alive.clear();
  }

  /** The access token that was issued first is dead. */
  expireFirst() {
    const [first] = this.#alive;
    this.#alive.delete(first);
  }

  /** A refresh token to begin with. */
  refreshToken() {
    const token = secret('refresh');
    this.#refreshTokens.set(token, 'good');
    return token;
  }

  stop() {
    for (const server of this.#servers) server.close().closeAllConnections();
  }

  async #token(req, res) {
    const form = new URLSearchParams(await text(req));
    this.#counts.token++;
    const { tokenEndpoint, tokenDelay, expiresIn, rotates, refusesRefresh } = this.#settings;
    if (tokenDelay) await sleep(tokenDelay);
    if (tokenEndpoint === 'hang') return;
    if (typeof tokenEndpoint === 'object') return answer(res, tokenEndpoint);
    if (tokenEndpoint === 'refuse') return refuse(res, 401, 'invalid_client');
    const isRefresh = form.get('grant_type') === 'refresh_token';
    this.#counts[isRefresh ? 'refreshes' : 'logins']++;
    const sent = form.get('refresh_token');
    if (isRefresh) {
      const state = this.#refreshTokens.get(sent);
      if (state === 'spent') this.#counts.reused++;
      if (refusesRefresh || state !== 'good') return refuse(res, 400, 'invalid_grant');
      if (rotates) this.#refreshTokens.set(sent, 'spent');
    }
    const access = secret('access');
    this.#alive.add(access);
    const hasRefreshToken = form.get('grant_type') !== 'client_credentials';
    answer(res, {
      body: {
        access_token: access,
        token_type: 'Bearer',
        ...(expiresIn !== null && { expires_in: expiresIn }),
        ...(hasRefreshToken && (!isRefresh || rotates) && { refresh_token: this.refreshToken() }),
      },
    });
  }

  #api(req, res) {
    req.resume();
    this.#counts.api++;
    const { authorization } = req.headers;
    const { credentials } = this.#counts;
    if (!credentials.includes(authorization ?? 'none')) credentials.push(authorization ?? 'none');
    const { apiAccepts, apiStatus, redirect, rejectionDelay } = this.#settings;
    const isAlive = this.#alive.has(authorization?.replace(/^Bearer /, ''));
    if (apiAccepts && isAlive) {
      if (redirect) return answer(res, { status: 302, headers: { location: redirect } });
      return answer(res, { status: apiStatus, body: { ok: apiStatus === 200 } });
    }
    const [step, limit] = rejectionDelay;
    const wait = (step * this.#counts.rejected++) % limit;
    setTimeout(refuse, wait, res, 401, 'invalid_token');
  }

  #stranger(req, res) {
    req.resume();
    this.#counts.strangers.push(req.headers.authorization ?? 'none');
    answer(res, { body: { ok: true } });
  }

  async #listen(server, scheme = 'http') {
    server.keepAliveTimeout = 60_000;
    this.#servers.push(server.listen(0, '127.0.0.1', 4_096));
    await once(server, 'listening');
    return `${scheme}://127.0.0.1:${server.address().port}`;
  }
}

/** Recognisable, so that it is found wherever it leaks to. */
function secret(kind) {
  return `${kind}-${randomBytes(18).toString('hex')}`;
}

function answer(res, { status = 200, headers = {}, body = '' }) {
  const isText = typeof body === 'string';
  const type = isText ? 'text/html' : 'application/json';
  const content = isText ? body : JSON.stringify(body);
  res.writeHead(status, { 'content-type': type, 'content-length': content.length, ...headers });
  res.end(content);
}

function refuse(res, status, error) {
  answer(res, { status, body: { error } });
}

async function text(stream) {
  let all = '';
  for await (const chunk of stream) all += chunk;
  return all;
}

function selfSigned() {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const options = [
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=127.0.0.1',
  ];
  const san = ['-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', ['req', ...options, ...san, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return { key: readFileSync(key), cert: readFileSync(cert, 'utf8') };
}

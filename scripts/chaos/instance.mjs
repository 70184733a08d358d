// One instance of a Nest app over the built package. It calls with every account in turn, again and again, and
// appends what comes of it to its history. Usage: node instance.mjs OPTIONS (JSON; see `Fleet`)
import 'reflect-metadata';

import { appendFileSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { inspect } from 'node:util';

import { NestFactory } from '@nestjs/core';
import { firstValueFrom } from 'rxjs';

import {
  defineProvider,
  getHttpServiceToken,
  getTokenProviderToken,
  OAuth2ClientModule,
} from 'nestjs-oauth2-client';
import { RedisTokenStore } from 'nestjs-oauth2-client/redis';

import { redisClients } from '../../test/support/redis-clients.mjs';
import { seeded } from '../seeded.mjs';
import { planted } from './plants.mjs';
import { leakIn } from './secrets.mjs';
import { CALL_EVERY, CALL_TIMEOUT, DEADLINE } from './settings.mjs';
import { watchStalls } from './stalls.mjs';
import { CLIENT, labelOf, passwordOf } from './vendor.mjs';

const options = JSON.parse(process.argv[2]);
const { name, client, vendor, vendorLink, redisLink, history, configured, accounts } = options;
const random = seeded(options.seed);
const plant = planted(options.plant, random);

function write(line) {
  appendFileSync(history, `${JSON.stringify({ t: Date.now(), by: name, ...line })}\n`);
}

process.on('unhandledRejection', (reason) => crash('unhandled rejection', reason));
process.on('uncaughtException', (error) => crash('uncaught exception', error));

function crash(what, error) {
  write({ e: 'crash', what, text: inspect(error) });
  process.exit(1);
}

watchStalls(write);
const { client: redis } = redisClients[client](`redis://127.0.0.1:${redisLink}`);
const store = recorded(
  plant.store(new RedisTokenStore({ client: redis, ...plant.storeOptions(options) })),
);
const agent = new Agent({ keepAlive: options.keepAlive });
agent.createConnection = () => connect(vendorLink, '127.0.0.1'); // all instances have the same URLs

const common = {
  tokenEndpoint: '/token',
  baseURL: `http://127.0.0.1:${vendor}`,
  clientId: CLIENT.id,
  clientSecret: CLIENT.secret,
  deadline: DEADLINE,
  axios: { httpAgent: agent, timeout: CALL_TIMEOUT },
};
const refreshToken = (family) => JSON.parse(readFileSync(configured, 'utf8'))[family];
const app = await NestFactory.createApplicationContext(
  OAuth2ClientModule.forRoot({
    store,
    providers: [
      defineProvider({
        ...common,
        name: 'login',
        grantType: 'password',
        username: ({ subject }) => subject,
        password: ({ subject }) => passwordOf(subject),
      }),
      defineProvider({ ...common, name: 'machine' }),
      ...Object.entries({
        solo: () => 'solo',
        consent: ({ subject }) => subject,
        tenants: () => 'owner',
      }).map(([name, familyOf]) =>
        defineProvider({
          ...common,
          name,
          grantType: 'refresh_token',
          refreshToken: (target) => refreshToken(familyOf(target)),
        }),
      ),
    ],
  }),
  { logger: historyLogger() },
);

const calling = new Map();
let calls = 0;
write({ e: 'ready', pid: process.pid });
const timer = setInterval(() => {
  const account = accounts[calls % accounts.length];
  const id = `${name}-${++calls}`;
  const call = (random() < 0.2 ? viaProvider : viaHttp)(id, account);
  calling.set(
    id,
    call.finally(() => calling.delete(id)),
  );
}, CALL_EVERY);

process.on('message', (message) => {
  if (message === 'end') void end();
});

async function end() {
  clearInterval(timer);
  await Promise.race([Promise.all(calling.values()), sleep(CALL_TIMEOUT * 2)]);
  const begun = performance.now();
  await app.close();
  write({ e: 'closed', ms: Math.round(performance.now() - begun) });
  process.exit(0);
}

/** A call of the API, which says whose token it got. */
function viaHttp(id, account) {
  const oauth2 = targetOf(plant.target(account, accounts));
  const http = app.get(getHttpServiceToken(account.provider));
  const params = { id, account: account.name };
  return judged(id, account, 'http', async () => {
    const request = http.get('/things', { params, oauth2 });
    const { config } = await firstValueFrom(request);
    return { shown: config };
  });
}

/** A call of the token provider, whose bound is the deadline of a renewal. */
function viaProvider(id, account) {
  return judged(id, account, 'token', async () => {
    const provider = app.get(getTokenProviderToken(account.provider));
    const tokens = await provider.getToken(targetOf(account));
    return { shown: tokens, got: labelOf(tokens.accessToken) };
  });
}

function targetOf({ subject, scope }) {
  return { ...(subject && { subject }), ...(scope && { scope }) };
}

async function judged(id, account, way, run) {
  write({ e: 'call', id, account: account.name, way });
  const begun = performance.now();
  const end = (line) => {
    const ms = Math.round(performance.now() - begun);
    write({ e: 'end', id, account: account.name, way, ms, ...line });
  };
  try {
    const { shown, got } = await plant.call(run, write);
    end({ outcome: 'ok', got, leak: random() < 0.02 ? leakOf(shown) : undefined });
  } catch (error) {
    const { code, retryAfter, response } = error;
    const outcome = response ? `API ${response.status}` : (code ?? inspect(error).slice(0, 300));
    const leak = random() < 0.3 ? leakOf(error) : undefined;
    end({ outcome, retryAfter, leak, text: response ? undefined : error.message });
  }
}

function leakOf(value) {
  return leakIn(`${inspect(value, { depth: 12, showHidden: true })}${JSON.stringify(value)}`);
}

/** The store, with each write and its end in the history. */
function recorded(inner) {
  return {
    get: (...parameters) => inner.get(...parameters),
    lock: (...parameters) => inner.lock(...parameters),
    async set(key, tokens, replaces) {
      const line = { e: 'store', op: 'set', token: labelOf(tokens.refreshToken) };
      try {
        const version = await inner.set(key, tokens, replaces);
        write({ ...line, result: version === undefined ? 'late' : 'written' });
        return version;
      } catch (error) {
        write({ ...line, result: 'failed', text: error.message });
        throw error;
      }
    },
  };
}

function historyLogger() {
  const log = (level) => (message) => write({ e: 'log', level, text: inspect(message) });
  return {
    log() {},
    debug() {},
    verbose() {},
    warn: log('warn'),
    error: log('error'),
    fatal: log('fatal'),
  };
}

function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

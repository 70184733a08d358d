// Mixes random faults of the token endpoint, the API, the clock and the callers for a while, and
// checks what must hold throughout. Usage: npm run soak [-- --seconds 60 --seed 1]
import 'reflect-metadata';

import { inspect, parseArgs } from 'node:util';

import { NestFactory } from '@nestjs/core';
import { firstValueFrom } from 'rxjs';

import {
  defineProvider,
  getHttpServiceToken,
  OAUTH2_RUNTIME,
  OAuth2ClientError,
  OAuth2ClientModule,
} from 'nestjs-oauth2-client';

import { seeded } from '../seeded.mjs';
import { Vendor } from './vendor.mjs';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' } },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const random = seeded(seed);
const violations = [];
const outcomes = new Map();
process.on('unhandledRejection', (reason) => violations.push(`unhandled: ${inspect(reason)}`));

const ACCOUNTS = ['ama', 'kofi', 'esi', 'yaw'];
const DEADLINE = 1_000;
const CALLER_TIMEOUT = 3_000;

let wallOffset = 0;
const clock = {
  now: () => Date.now() + wallOffset,
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
const vendor = await new Vendor(random, () => Date.now()).listen();
const module = OAuth2ClientModule.forRoot({
  providers: [
    defineProvider({
      name: 'soak',
      tokenEndpoint: '/token',
      baseURL: vendor.url,
      grantType: 'password',
      clientAuthentication: 'none',
      username: ({ subject }) => subject,
      password: () => 'canary-password-of-the-soak',
      deadline: DEADLINE,
    }),
  ],
});
module.providers = module.providers.map((provider) =>
  provider.provide === OAUTH2_RUNTIME
    ? { provide: OAUTH2_RUNTIME, useValue: { clock, random } }
    : provider,
);
const app = await NestFactory.createApplicationContext(module, { logger: false });
const http = app.get(getHttpServiceToken('soak'));

console.log(`soak: ${seconds} s, seed ${seed}`);
const heapBefore = heap();
const end = performance.now() + seconds * 1_000;
const weather = setInterval(() => vendor.stir(), 300);
const jumps = setInterval(
  () => (wallOffset = random() < 0.5 ? 0 : (random() - 0.5) * 7_200_000),
  2_000,
);
await Promise.all(Array.from({ length: 20 }, () => callUntil(end)));
clearInterval(weather);
clearInterval(jumps);

vendor.fault = 'none';
wallOffset = 0;
await recovery();
await app.close();
await vendor.close();
report();

async function callUntil(when) {
  while (performance.now() < when) await call(ACCOUNTS[Math.floor(random() * ACCOUNTS.length)]);
}

async function call(account) {
  const abort = random() < 0.1 ? AbortSignal.timeout(Math.ceil(random() * 50)) : undefined;
  const started = performance.now();
  try {
    const url = `/things?account=${account}`;
    const config = { oauth2: { subject: account }, timeout: CALLER_TIMEOUT, signal: abort };
    await firstValueFrom(http.get(url, config));
    count('ok');
  } catch (error) {
    check(error, abort);
    await new Promise((resolve) => setTimeout(resolve, 5)); // a failure is quick; leave some time to others
  }
  const took = performance.now() - started;
  if (took > CALLER_TIMEOUT + 500) violations.push(`a caller waited ${Math.round(took)} ms`);
}

function check(error, abort) {
  const known = error instanceof OAuth2ClientError || error?.isAxiosError === true;
  if (!known) violations.push(`an error of no kind: ${inspect(error)}`);
  const shown = `${inspect(error, { depth: Infinity, showHidden: true })}${error.stack}${JSON.stringify(error)}`;
  if (shown.includes('canary-')) violations.push(`a secret in an error: ${error.code}`);
  if (error.code === 'ERR_CANCELED' && !abort?.aborted)
    violations.push('cancelled without a cause');
  count(error.code === 'ERR_BAD_REQUEST' ? `API ${error.response.status}` : error.code);
}

/** Once the weather is fair again, everybody gets a token within the longest back-off of a short failure. */
async function recovery() {
  const accounts = new Set(ACCOUNTS);
  const patience = performance.now() + 35_000;
  while (accounts.size > 0 && performance.now() < patience) {
    for (const account of accounts) {
      const config = { oauth2: { subject: account }, timeout: CALLER_TIMEOUT };
      const response = await firstValueFrom(http.get(`/things?account=${account}`, config)).catch(
        () => {},
      );
      if (response?.status === 200) accounts.delete(account);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  if (accounts.size > 0)
    count(`still refused: ${[...accounts].join(', ')} (back-off of a refusal)`);
}

function report() {
  const growth = ((heap() - heapBefore) / 1024 / 1024).toFixed(1);
  const all = [...violations, ...vendor.violations];
  console.table(Object.fromEntries([...outcomes].sort()));
  console.log('vendor:', vendor.counts, `heap growth: ${growth} MiB`);
  for (const violation of new Set(all)) console.log(`VIOLATION ${violation}`);
  console.log(`${all.length} violations (seed ${seed})`);
  process.exitCode = all.length > 0 ? 1 : 0;
}

function count(outcome) {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}

function heap() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

// Shows which functions and files of lib a call enters, for four calls in a Nest app over real HTTP. It fails if a call
// enters more files than its target. Usage: npm run walk [-- --files]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import { Session } from 'node:inspector/promises';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import 'reflect-metadata';

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { transformSync } from '@swc/core';
import { Redis } from 'ioredis';

/** The most files that a call may enter. */
const TARGETS = {
  'a GET with a fresh token': 12,
  'a GET with an expired token': 28,
  'a GET that is answered 401': 30,
  'a renewal over Redis': 36,
};

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LIB = compiledLib();
const { getHttpServiceToken, OAuth2ClientModule } = await import(
  pathToFileURL(join(LIB, 'index.js'))
);
const { RedisTokenStore } = await import(pathToFileURL(join(LIB, 'stores/redis.js')));
const profiler = new Session();
profiler.connect();
await profiler.post('Profiler.enable');
await profiler.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** The files of lib, each compiled to a file of its own: the package has them in bundles. */
function compiledLib() {
  const cache = join(ROOT, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = realpathSync(mkdtempSync(join(cache, 'walk-')));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const parser = { syntax: 'typescript', decorators: true };
  const transform = { legacyDecorator: true, decoratorMetadata: true };
  for (const file of readdirSync(join(ROOT, 'lib'), { recursive: true })) {
    if (!file.endsWith('.ts')) continue;
    const { code } = transformSync(readFileSync(join(ROOT, 'lib', file), 'utf8'), {
      swcrc: false,
      jsc: { target: 'es2022', parser, transform },
      module: { type: 'es6' },
    });
    const target = join(folder, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
  return folder;
}

/** The functions of lib that run during `call`, by file. A module's own body is none. */
async function walk(call) {
  await profiler.post('Profiler.takePreciseCoverage'); // sets all counts to zero
  await call();
  const { result } = await profiler.post('Profiler.takePreciseCoverage');
  const files = new Map();
  for (const { url, functions } of result) {
    if (!url.startsWith('file:') || !fileURLToPath(url).startsWith(LIB)) continue;
    const entered = functions.filter(
      ({ ranges: [whole] }) => whole.startOffset > 0 && whole.count > 0,
    );
    if (entered.length > 0) files.set(relative(LIB, fileURLToPath(url)), entered.length);
  }
  return files;
}

/** A vendor whose tokens live a second, and whose API rejects a token when told to. */
async function startVendor() {
  let tokens = 0;
  const vendor = { rejectsNext: false };
  const server = http.createServer((request, response) => {
    const isToken = request.url === '/token';
    if (!isToken && vendor.rejectsNext) response.statusCode = 401;
    if (!isToken) vendor.rejectsNext = false;
    response.setHeader('content-type', 'application/json');
    response.end(
      isToken
        ? JSON.stringify({ access_token: `token-${++tokens}`, token_type: 'Bearer', expires_in: 1 })
        : '{}',
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return Object.assign(vendor, { server, url: `http://127.0.0.1:${server.address().port}` });
}

async function startApp(url, store) {
  const provider = {
    name: 'acme',
    baseURL: url,
    tokenEndpoint: '/token',
    clientId: 'shop',
    clientSecret: 'secret of the shop',
  };
  class App {}
  Module({ imports: [OAuth2ClientModule.forRoot({ providers: [provider], store })] })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  const client = app.get(getHttpServiceToken('acme'));
  const get = () => client.axiosRef.get('/orders');
  await get(); // the first call compiles and compares what later calls do not
  return { app, get };
}

async function startRedis() {
  const port = 20_000 + (process.pid % 20_000);
  const server = spawn('redis-server', ['--port', port, '--save', '', '--bind', '127.0.0.1']);
  server.unref();
  process.on('exit', () => server.kill());
  const client = new Redis(port, '127.0.0.1');
  client.on('error', () => {}); // until the server listens
  await client.ping();
  return client;
}

const EXPIRED = 1_100;
const vendor = await startVendor();
const { app, get } = await startApp(vendor.url);
const client = await startRedis();
const shared = await startApp(
  vendor.url,
  new RedisTokenStore({ client, dangerouslyStorePlaintext: true }),
);
const walks = {};
await sleep(EXPIRED);
walks['a GET with an expired token'] = await walk(get);
walks['a GET with a fresh token'] = await walk(get);
vendor.rejectsNext = true;
walks['a GET that is answered 401'] = await walk(get);
await sleep(EXPIRED);
walks['a renewal over Redis'] = await walk(shared.get);
await Promise.all([app.close(), shared.app.close()]);
client.disconnect();
vendor.server.close();
profiler.disconnect();

for (const [name, target] of Object.entries(TARGETS)) {
  const files = walks[name];
  const functions = [...files.values()].reduce((sum, count) => sum + count, 0);
  const isOver = files.size > target;
  console.log(
    `${name}: ${functions} functions in ${files.size} files (at most ${target})${isOver ? '  TOO MANY' : ''}`,
  );
  if (process.argv.includes('--files')) {
    for (const [file, count] of [...files].sort()) console.log(`  ${file}  ${count}`);
  }
  if (isOver) process.exitCode = 1;
}

// Shows which functions and files of lib a call enters, for four calls in a Nest app with a local vendor.
// Fails if a call enters more files than TARGETS allows. Usage: npm run walk [-- --files]
import 'reflect-metadata';

import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { Session } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { NestFactory } from '@nestjs/core';
import { Redis } from 'ioredis';
import { firstValueFrom } from 'rxjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { values: options } = parseArgs({ options: { files: { type: 'boolean' } } });

/** How many files of lib each call may enter. */
const TARGETS = { fresh: 12, expired: 28, rejected: 30, redis: 36 };
/** Seconds for which the vendor's tokens live. */
const LIFETIME = 2;

// The built package has all of lib in one file. The walks run over the same code, compiled file by file.
const code = pathToFileURL('temp/walk/').href;
compile('temp/walk');
const { getHttpServiceToken, OAuth2ClientModule } = await import(`${code}index.js`);
const { RedisTokenStore } = await import(`${code}stores/redis.js`);

const vendor = { tokens: 0, rejected: undefined };
const server = createServer(respond).listen(0, '127.0.0.1');
await once(server, 'listening');
const redis = await startRedis();
const store = new RedisTokenStore({
  client: redis,
  encryptionKeys: [randomBytes(32)],
});

const session = new Session();
session.connect();
const inspector = { post: promisify(session.post.bind(session)) };
const scripts = new Map();
session.on('Debugger.scriptParsed', ({ params }) => scripts.set(params.scriptId, params.url));
await inspector.post('Debugger.enable');
await inspector.post('Profiler.enable');
await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

const WALKS = {
  fresh: { title: 'a GET with a fresh token', prepare: () => {}, renewals: 0 },
  expired: { title: 'a GET with an expired token', prepare: expire, renewals: 1 },
  rejected: { title: 'a GET that meets a 401', prepare: reject, renewals: 1 },
  redis: { title: 'a renewal over a Redis store', prepare: expire, renewals: 1, store },
};
for (const [name, walk] of Object.entries(WALKS)) {
  const { functions, files } = await traced(walk);
  const isOver = files.length > TARGETS[name];
  if (isOver) process.exitCode = 1;
  const counts = `${functions} functions in ${files.length} files, at most ${TARGETS[name]} allowed`;
  console.log(`${isOver ? 'OVER' : 'ok  '}  ${walk.title}: ${counts}`);
  if (options.files) for (const file of files) console.log(`      ${file}`);
}
redis.disconnect();
server.close();

/** Counts what a call enters; calls once more, with a breakpoint in each function, to learn the order. */
async function traced(walk) {
  await inspector.post('Profiler.takePreciseCoverage'); // sets all counts to 0
  const functions = await called(walk, async (call) => {
    await inspector.post('Profiler.takePreciseCoverage');
    await call();
    return calledFunctions((await inspector.post('Profiler.takePreciseCoverage')).result);
  });
  const files = new Set(options.files && (await called(walk, (call) => inOrder(functions, call))));
  for (const { url } of functions) files.add(sourceOf(url));
  return { functions: functions.length, files: [...files] };
}

/** A call in a new app whose first call has left a token. */
async function called({ prepare, renewals, store }, trace) {
  const baseURL = `http://127.0.0.1:${server.address().port}`;
  const provider = { name: 'acme', tokenEndpoint: '/token', baseURL, clientId: 'walk' };
  const app = await NestFactory.createApplicationContext(
    OAuth2ClientModule.forRoot({ store, providers: [{ ...provider, clientSecret: 'secret' }] }),
    { logger: ['warn', 'error'] },
  );
  const http = app.get(getHttpServiceToken('acme'));
  await firstValueFrom(http.get('/things'));
  await prepare();
  const before = vendor.tokens;
  const result = await trace(() => firstValueFrom(http.get('/things')));
  await app.close();
  if (vendor.tokens - before !== renewals)
    throw new Error('The call took another path than intended.');
  return result;
}

function calledFunctions(coverage) {
  return coverage
    .filter(({ url }) => url.startsWith(code))
    .flatMap(({ functions: [, ...functions], ...script }) =>
      // the first one is the module itself
      functions
        .filter(({ ranges }) => ranges[0].count > 0)
        .map(({ ranges }) => ({ ...script, offset: ranges[0].startOffset })),
    );
}

/** The files of these functions in the order in which the call enters them. */
async function inOrder(functions, call) {
  const files = new Set();
  const enter = ({ params }) => {
    files.add(sourceOf(scripts.get(params.callFrames[0].location.scriptId)));
    session.post('Debugger.resume');
  };
  session.on('Debugger.paused', enter);
  for (const { url, scriptId, offset } of functions) {
    const lines = readFileSync(new URL(url), 'utf8').slice(0, offset).split('\n');
    const location = { scriptId, lineNumber: lines.length - 1, columnNumber: lines.at(-1).length };
    await inspector.post('Debugger.setBreakpoint', { location }).catch(() => {}); // two in one place
  }
  await call();
  session.off('Debugger.paused', enter);
  await inspector.post('Debugger.disable');
  await inspector.post('Debugger.enable');
  return files;
}

function sourceOf(url) {
  return url.replace(code, 'lib/').replace(/\.js$/, '.ts');
}

function expire() {
  return new Promise((resolve) => setTimeout(resolve, LIFETIME * 1_000 + 50));
}

function reject() {
  vendor.rejected = `Bearer token-${vendor.tokens}`;
}

function respond(request, response) {
  const isRejected = request.headers.authorization === vendor.rejected;
  const token = () => ({ access_token: `token-${++vendor.tokens}`, token_type: 'Bearer' });
  const body = request.url === '/token' ? { ...token(), expires_in: LIFETIME } : {};
  response.writeHead(isRejected ? 401 : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'walk-'));
  const socket = join(folder, 'redis.sock');
  const settings = ['--port', '0', '--unixsocket', socket, '--save', ''];
  const server = spawn('redis-server', settings, { stdio: 'ignore' });
  server.unref(); // lives as long as this process
  process.on('exit', () => {
    server.kill();
    rmSync(folder, { recursive: true });
  });
  const client = new Redis({ path: socket });
  client.on('error', () => {}); // until the server listens
  await new Promise((resolve) => client.once('ready', resolve));
  return client;
}

function compile(folder) {
  rmSync(folder, { recursive: true, force: true });
  const tsc = ['node_modules/typescript7/bin/tsc', '-p', 'tsconfig.esm.json', '--noCheck'];
  const output = ['--declaration', 'false', '--outDir', folder];
  const { status } = spawnSync(process.execPath, [...tsc, ...output], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

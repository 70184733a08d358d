// What the package gives an app that imports it and one that requires it. axios has a copy of its classes
// for each, and so has this package: an app must meet those of the axios that it loads itself.
import 'reflect-metadata';
import { equal, ok } from 'node:assert';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const ways = { import: (name) => import(name), require: async (name) => require(name) };
const outcome = (promise) => promise.catch((error) => error);

const server = createServer((request, response) => {
  if (request.url === '/hangs') return;
  const isToken = request.url === '/token';
  response.writeHead(isToken || request.url === '/echo' ? 200 : 500);
  const token = { access_token: 'token-number-1', expires_in: 3600 };
  response.end(JSON.stringify(isToken ? token : request.headers));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const baseURL = `http://127.0.0.1:${server.address().port}`;

for (const [way, load] of Object.entries(ways)) {
  const { AxiosError, AxiosHeaders, CanceledError } = await load('axios');
  const { http, close } = await start(await load('nestjs-oauth2-client'));
  const isA = (kind, error) => ok(error instanceof kind, `by ${way}: ${error} is no ${kind.name}`);

  // Before there is a token, it is the module that waits and gives up; afterwards it is axios.
  for (const url of ['/hangs', '/echo', '/hangs']) {
    const aborted = new AbortController();
    const call = outcome(http.get(url, { signal: aborted.signal }));
    aborted.abort();
    isA(CanceledError, await call);
    if (url === '/echo') await http.get(url);
  }
  isA(AxiosError, await outcome(http.get('/hangs', { timeout: 100 })));
  isA(AxiosError, await outcome(http.get('/fails')));
  isA(AxiosError, await outcome(http.get('http://127.0.0.1:1/', { oauth2: false })));
  const headers = new AxiosHeaders({ 'x-mine': '1' });
  equal((await http.get('/echo', { headers })).data['x-mine'], '1');
  await close();
}

// What one copy declares and another injects is found by its name.
const [imported, required] = await Promise.all(
  Object.values(ways).map((load) => load('nestjs-oauth2-client')),
);
for (const [here, there] of [
  [imported, required],
  [required, imported],
]) {
  const { find, close } = await start(here);
  ok(find(there.getHttpServiceToken('acme')));
  ok(find(there.getTokenProviderToken('acme')));
  ok(find(there.OAUTH2_HTTP_INTERCEPTOR) instanceof here.OAuth2HttpInterceptor);
  const error = await outcome((async () => find(there.TOKEN_PROVIDERS).get('nobody'))());
  ok(error instanceof here.OAuth2ClientError && error instanceof there.OAuth2ClientError);
  await close();
}
const [ours, theirs] = await Promise.all(
  Object.values(ways).map((load) => load('nestjs-oauth2-client/define')),
);
ok(new ours.Secret('s') instanceof theirs.Secret && new theirs.Secret('s') instanceof ours.Secret);
for (const [entry, name] of [
  ['nestjs-oauth2-client/define', 'defineProvider'],
  ['nestjs-oauth2-client/opentelemetry', 'OAuth2OpenTelemetryModule'],
  ['nestjs-oauth2-client/redis', 'RedisTokenStore'],
  ['nestjs-oauth2-client/store-contract', 'tokenStoreContract'],
  ['nestjs-oauth2-client/testing', 'fakeTokenProvider'],
]) {
  for (const load of Object.values(ways)) equal(typeof (await load(entry))[name], 'function');
}
server.close();
server.closeAllConnections();

async function start({ OAuth2ClientModule, defineProvider, getHttpServiceToken }) {
  const { NestFactory } = await import('@nestjs/core');
  const acme = defineProvider({
    name: 'acme',
    tokenEndpoint: `${baseURL}/token`,
    clientId: 'shop',
    clientSecret: 's3cret',
    baseURL,
  });
  const module = OAuth2ClientModule.forRoot({ providers: [acme] });
  const app = await NestFactory.createApplicationContext(module, { logger: false });
  const find = (token) => app.get(token, { strict: false });
  return { find, http: find(getHttpServiceToken('acme')).axiosRef, close: () => app.close() };
}

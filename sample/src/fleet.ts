// Two instances of the app in processes of their own, over one Redis and one pair of embedded vendors.
import { fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';

import { controls } from './vendors/controls.js';
import { TartanServer } from './vendors/tartan-server.js';
import { ZeepayServer } from './vendors/zeepay-server.js';

const PORTS = [3000, 3001];
const REDIS_PORT = 6390;

const [zeepay, tartan] = [await new ZeepayServer().listen(), await new TartanServer().listen()];
const { REDIS_URL } = process.env;
const options = [
  '--port',
  `${REDIS_PORT}`,
  '--bind',
  '127.0.0.1',
  '--save',
  '',
  '--appendonly',
  'no',
];
// The shell ends Redis when this process has ended and its end of the pipe is closed, even after SIGKILL.
const keeper = 'trap "" INT; redis-server "$@" & read -r _; kill $!';
const redis = REDIS_URL
  ? undefined
  : spawn('sh', ['-c', keeper, 'sh', ...options], { stdio: ['pipe', 'ignore', 'ignore'] });

const env = {
  ...process.env,
  REDIS_URL: REDIS_URL ?? `redis://127.0.0.1:${REDIS_PORT}`,
  STORE_KEY: randomBytes(32).toString('base64'),
  ZEEPAY_SERVER: zeepay.url,
  ZEEPAY_CLIENT_ID: zeepay.account.clientId,
  ZEEPAY_CLIENT_SECRET: zeepay.account.clientSecret,
  ZEEPAY_USERNAME: zeepay.account.username,
  ZEEPAY_PASSWORD: zeepay.account.password,
  TARTAN_SERVER: tartan.url,
  TARTAN_USERNAME: tartan.account.username,
  TARTAN_PASSWORD: tartan.account.password,
};
const main = new URL('main.js', import.meta.url);
const instances = PORTS.map((port) => fork(main, { env: { ...env, PORT: `${port}` } }));

console.log(`${controls('Zeepay', zeepay)}\n${controls('Tartan', tartan)}\n
Redis
  redis-cli -p ${REDIS_PORT} keys '*'    what the instances share: names that tell nothing
`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const child of instances) child.kill('SIGTERM');
    redis?.stdin?.end();
    void Promise.all([zeepay.close(), tartan.close()]);
  });
}

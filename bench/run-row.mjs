import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { Vendor } from './vendor.mjs';

/** Milliseconds that a row may take. */
const LIMIT = 300_000;
/** Milliseconds after the end of a row in which a process that nothing holds is gone. */
const EXIT = 2_000;

const credentials = {
  clientId: 'bench-client',
  clientSecret: 'cs-7fA2kQ9vLm4xWz81',
  username: 'bench-user',
  password: 'pw-3nB8tYc5rKd0Gh62',
};

/**
 * Runs one row of one contender in a process of its own.
 *
 * @returns `result`: what the row returns, `undefined` where it does not apply; `error` where it failed;
 * `exits`: whether the process ends by itself
 */
export async function runRow(row, contender, nodeOptions = []) {
  const vendor = await new Vendor().start();
  const methods = {
    access: () => ({
      ...credentials,
      tokenUrl: vendor.urls.token,
      apiUrl: vendor.urls.api,
      secureApiUrl: vendor.urls.secureApi,
      strangerUrl: vendor.urls.stranger,
      ca: vendor.ca,
      refreshToken: vendor.refreshToken(),
    }),
  };
  const child = fork(fileURLToPath(new URL('child.mjs', import.meta.url)), [row, contender], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: ['--no-warnings', '--expose-gc', ...nodeOptions],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors = (errors + chunk).slice(-2_000)));
  let outcome;
  let exit;
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.on('message', (message) => {
    if ('method' in message) {
      const { id, method, parameters } = message;
      const act = methods[method] ?? ((...values) => vendor[method](...values));
      child.send({ id, result: act(...parameters) });
    } else {
      outcome = message;
      exit = setTimeout(() => child.kill('SIGKILL'), EXIT);
    }
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT);
  await over;
  clearTimeout(limit);
  clearTimeout(exit);
  vendor.stop();
  if (!outcome) return { error: /^\w*Error.*$/m.exec(errors)?.[0] ?? 'took too long' };
  return { ...outcome, exits: child.signalCode === null };
}

// The tests need a Redis of their own: installs it on Debian, and says elsewhere what to do.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const runs = (command, ...args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;

const isThere = () => Boolean(process.env.REDIS_URL) || runs('redis-server', '--version');

if (!isThere() && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
  const install = 'apt-get update -q && apt-get install -qy --no-install-recommends redis-server';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('sh', ['-c', install], { stdio: ['ignore', 'ignore', 'inherit'], env });
}
if (!isThere()) {
  console.error('The tests need redis-server on the PATH, or REDIS_URL.');
  process.exitCode = 1;
}

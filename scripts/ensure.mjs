// Looks for the programs that the tests need, and installs those that are missing on Debian as root.
// Usage: node scripts/ensure.mjs redis promtool chromium
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const runs = (...commands) =>
  commands.some((command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0);

const PROGRAMS = {
  redis: {
    isThere: () => Boolean(process.env.REDIS_URL) || runs('redis-server'),
    debianPackage: 'redis-server',
    need: 'redis-server on the PATH, or REDIS_URL',
  },
  // It comes with Prometheus, and checks the alerts and the queries of the dashboard.
  promtool: {
    isThere: () => runs('promtool'),
    debianPackage: 'prometheus',
    need: 'promtool on the PATH',
  },
  // It opens the status board.
  chromium: {
    isThere: () =>
      Boolean(process.env.CHROMIUM) || runs('chromium', 'chromium-browser', 'google-chrome'),
    debianPackage: 'chromium',
    need: 'chromium on the PATH, or its path in CHROMIUM',
  },
};

const canInstall = existsSync('/etc/debian_version') && process.getuid?.() === 0;
for (const { isThere, debianPackage, need } of process.argv
  .slice(2)
  .map((name) => PROGRAMS[name])) {
  if (isThere()) continue;
  if (canInstall) {
    const install = `apt-get update -q && apt-get install -qy --no-install-recommends ${debianPackage}`;
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('sh', ['-c', install], { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
  if (isThere()) continue;
  console.error(`The tests need ${need}.`);
  process.exitCode = 1;
}

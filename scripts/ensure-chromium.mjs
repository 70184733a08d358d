// The tests of the status board need a Chromium: installs it on Debian, and says elsewhere what to do.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const isThere = () =>
  Boolean(process.env.CHROMIUM) ||
  (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => NAMES.some((name) => existsSync(join(folder, name))));

if (!isThere() && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
  const install = 'apt-get update -q && apt-get install -qy --no-install-recommends chromium';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('sh', ['-c', install], { stdio: ['ignore', 'ignore', 'inherit'], env });
}
if (!isThere()) {
  console.error('The tests need chromium on the PATH, or its path in CHROMIUM.');
  process.exitCode = 1;
}

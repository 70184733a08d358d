// Installs a program that the tests need: on Debian as root, elsewhere it says what to do.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Whether a command can be run. */
export const runs = (command, ...args) =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/**
 * @param isThere whether the program is there
 * @param debianPackage the Debian package that has it
 * @param complaint what to say if it cannot be installed
 */
export function ensure(isThere, debianPackage, complaint) {
  if (!isThere() && existsSync('/etc/debian_version') && process.getuid?.() === 0) {
    const install = `apt-get update -q && apt-get install -qy --no-install-recommends ${debianPackage}`;
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('sh', ['-c', install], { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
  if (isThere()) return;
  console.error(complaint);
  process.exitCode = 1;
}

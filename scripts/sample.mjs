// Starts the sample from a fresh clone with one command: installs, builds, runs. Usage: sample.mjs [fleet]
// Only built-in modules here, since node_modules may not be there yet.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const entry = process.argv[2] ?? 'main';
const steps = [
  ...(entry === 'fleet' ? [['Looking for Redis', 'node scripts/ensure.mjs redis']] : []),
  // npm writes this file last, so an interrupted install counts as none.
  ...(existsSync('node_modules/.package-lock.json') ? [] : [['Installing packages', 'npm ci']]),
  ['Building the package, which may take a minute', 'npm run --silent build'],
  ['Building the sample', 'npx --no-install nest build'],
];
for (const [what, step] of steps) {
  console.log(`${what} …`);
  const { status } = spawnSync(step, { shell: true, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
console.log(`Starting ${entry === 'fleet' ? 'two instances over one Redis' : 'the sample'} …`);
endWithNpm();
// In this very process, so that Ctrl-C and SIGTERM reach the app and nothing else.
await import(`../dist/sample/${entry}.js`);

/** Ends this process with npm, which passes SIGTERM only to its shell, and SIGKILL to nobody. */
function endWithNpm() {
  if (!process.env.npm_lifecycle_event?.startsWith('sample')) return;
  const shell = process.ppid;
  const npm = Number(spawnSync('ps', ['-o', 'ppid=', '-p', `${shell}`]).stdout);
  const watch = () => {
    if (process.ppid !== shell || (npm > 1 && !isAlive(npm))) process.kill(process.pid, 'SIGTERM');
  };
  setInterval(watch, 500).unref();
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

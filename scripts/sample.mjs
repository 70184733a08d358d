// Starts the sample from a fresh clone with one command: installs, builds, runs. Usage: sample.mjs [fleet]
// Only built-in modules here, since node_modules may not be there yet.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const entry = process.argv[2] ?? 'main';
const steps = [
  ...(entry === 'fleet' ? ['node scripts/ensure-redis.mjs'] : []),
  // npm writes this file last, so an interrupted install counts as none.
  ...(existsSync('node_modules/.package-lock.json') ? [] : ['npm ci']),
  'npm run --silent build',
  'npx --no-install nest build',
];
for (const step of steps) {
  const { status } = spawnSync(step, { shell: true, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
// npm passes SIGTERM only to its shell, which ends without a word to this process.
const npmShell = process.env.npm_lifecycle_event?.startsWith('sample') ? process.ppid : undefined;
const watch = () => process.ppid === npmShell || process.kill(process.pid, 'SIGTERM');
if (npmShell) setInterval(watch, 500).unref();
// In this very process, so that Ctrl-C and SIGTERM reach the app and nothing else.
await import(`../dist/sample/${entry}.js`);

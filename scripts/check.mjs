// Runs every check, also after one has failed, and closes with one line of totals: each jest run
// counts its tests, any other check counts as one. `npm run check -- types lint` runs only the
// checks whose name contains one of the words.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** A check that takes longer hangs; it is ended and counts as failed. */
const LIMIT_MS = 15 * 60_000;
/** Beside the Node that runs this: the lowest supported one and a newer one. */
const OTHER_NODES = ['20.19.0', '24.21.0'].filter((version) => version !== process.versions.node);
/** What does not depend on Node, or takes minutes to show the same again: one Node is enough. */
const ONLY_HERE = [
  'node_modules',
  'test/chaos',
  'test/consumers',
  'test/sharing/fleet-property',
  'test/lifecycle/many-subjects',
  'test/util/redaction',
  'test/e2e/fleet',
  'test/e2e/herd',
  'test/e2e/worst',
  'test/http/ten-thousand',
  'test/oauth2/renewal-policy',
  'test/package',
  'test/providers',
  'test/servers',
  'test/stores/contract',
  'test/stores/redis-topologies',
  'test/vendors',
];
const TARBALL = `temp/package/nestjs-oauth2-client-${manifest().version}.tgz`;

// From "build" on, the checks look at what was built and packed.
const CHECKS = [
  { name: 'lint', command: 'oxlint --type-aware --deny-warnings' },
  { name: 'layers', command: 'depcruise lib --config .dependency-cruiser.mjs' },
  { name: 'format', command: 'prettier --check .' },
  { name: 'types (TypeScript 6)', command: 'tsc -p .' },
  { name: 'types (TypeScript 7)', command: 'node node_modules/typescript7/bin/tsc -p .' },
  { name: 'types (TypeScript 5.9)', command: 'node node_modules/typescript59/bin/tsc -p .' },
  { name: `tests (Node ${process.versions.node})`, command: 'npm test --', jest: true },
  ...OTHER_NODES.map((version) => ({
    name: `tests (Node ${version})`,
    command: `bash scripts/node-matrix.sh ${version} --testPathIgnorePatterns ${ONLY_HERE.join(' ')}`,
    jest: true,
  })),
  { name: 'build', command: 'npm pack --pack-destination temp/package' },
  { name: 'package contents', command: `node scripts/check-tarball.mjs ${TARBALL}` },
  { name: 'package manifest', command: `publint --strict ${TARBALL}` },
  { name: 'package resolution', command: `attw ${TARBALL}` },
  { name: 'public API report', command: 'node scripts/api-report.mjs' },
  { name: 'consumers', command: `node test/consumers/run.mjs ${TARBALL}` },
  { name: 'sample', command: 'nest build' },
];

const words = process.argv.slice(2);
const chosen = CHECKS.filter(({ name }) => !words.length || words.some((w) => name.includes(w)));
if (chosen.length === 0) {
  console.error(`No check is named so. There are: ${CHECKS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const env = {
  ...process.env,
  NO_COLOR: '1',
  PATH: resolve('node_modules/.bin') + delimiter + process.env.PATH,
};
const total = { passed: 0, failed: 0 };

mkdirSync('temp/package', { recursive: true });
for (const check of chosen) {
  const start = performance.now();
  const { passed, failed, output } = await run(check);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const counts = check.jest ? `  ${passed + failed} tests` : '';
  if (failed > 0) console.log(output.trimEnd());
  console.log(`${failed > 0 ? 'FAILED' : 'ok    '}  ${check.name}  ${seconds} s${counts}`);
  total.passed += passed;
  total.failed += failed;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function run({ command, jest }) {
  const report = 'temp/jest.json';
  rmSync(report, { force: true });
  const line = jest ? `${command} --ci --json --outputFile=${report}` : command;
  const { ok, output } = await shell(line);
  const { passed, failed } = jest ? countTests(report) : { passed: ok ? 1 : 0, failed: 0 };
  // A command that failed for another reason than a failed test is one failure of its own.
  return { passed, failed: ok ? failed : Math.max(failed, 1), output };
}

/** Runs a command in a process group of its own, so that all of it can be ended. */
function shell(command) {
  return new Promise((done) => {
    const child = spawn(command, {
      shell: true,
      detached: true,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = () => process.kill(-child.pid, 'SIGKILL');
    const stop = () => {
      end();
      process.exit(1);
    };
    const signals = ['SIGINT', 'SIGTERM'];
    const timer = setTimeout(end, LIMIT_MS);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    signals.forEach((signal) => process.once(signal, stop));
    child.once('close', (code) => {
      clearTimeout(timer);
      signals.forEach((signal) => process.off(signal, stop));
      done({ ok: code === 0, output });
    });
  });
}

function countTests(report) {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    return {
      passed: result.numPassedTests,
      failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function manifest() {
  return JSON.parse(readFileSync('package.json', 'utf8'));
}

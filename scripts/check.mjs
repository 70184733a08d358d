// Runs every check, also after one has failed: the tests in one lane, everything else in another beside it.
// At the end come the output of what failed, a table, and one line of totals. A jest run counts its tests,
// any other check counts as one. `npm run check -- types lint` runs only the checks whose name contains
// one of the words.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

/** A check that takes longer hangs. It is killed and counts as failed. */
const LIMIT_MS = 25 * 60_000;
/** Beside the Node that runs this script: the lowest supported version and a newer one. */
const OTHER_NODES = ['20.19.0', '24.21.0'].filter((version) => version !== process.versions.node);
/**
 * The tests that also run on the other Nodes: those whose result another Node could change. A test belongs
 * here if it reaches for HTTP, sockets, streams, TLS, timers, cryptography, dates, URLs, `inspect`, the
 * asynchronous context or process signals. Policy on a manual clock runs the same on every Node.
 */
const DEPENDS_ON_NODE = [
  'test/http/(?!ten-thousand)',
  'test/util/(?!redaction)',
  'test/stores/redis(-outages|-planted|-silent)?[.]spec',
  'test/oauth2/(client-)?assertion',
  'test/oauth2/(ready-made-assertions|signing-keys|signed|tls|transport|connection|odd-http|redirects)',
  'test/oauth2/(lifetime-formats|time-zones|clock-skew|request-encodings|token-requests|steps)',
  'test/oauth2/(computed-values|echoed-secrets|failing-functions|vendor-queue|retry-after)',
  'test/module/(attach|beside|closing|exception-filter|for-root|hosts|print|request|revoke|testing)',
  'test/lifecycle/(on-token-set|status|subjects)',
  'test/core/(errors|token-set)',
  'test/e2e/(hostile|invariants|process-exit|provider-kinds|whose-token)',
  'test/testing/(oauth2|test-clock)',
  'test/package/quick-start',
];
const TARBALL = `temp/package/nestjs-oauth2-client-${manifest().version}.tgz`;

/** Every check, in two lanes. From "build" on, a check looks at what was built and packed. */
const LANES = [
  [
    { name: `tests (Node ${process.versions.node})`, command: 'npm test --', jest: true },
    ...OTHER_NODES.map((version) => ({
      name: `tests (Node ${version})`,
      command: `bash scripts/node-matrix.sh ${version} ${DEPENDS_ON_NODE.map((path) => `'${path}'`).join(' ')}`,
      jest: true,
    })),
  ],
  [
    { name: 'lint', command: 'oxlint --type-aware --deny-warnings' },
    { name: 'layers', command: 'depcruise lib --config .dependency-cruiser.mjs' },
    { name: 'format', command: 'prettier --check .' },
    { name: 'types (TypeScript 6)', command: 'tsc -p .' },
    { name: 'types (TypeScript 7)', command: 'node node_modules/typescript7/bin/tsc -p .' },
    { name: 'types (TypeScript 5.9)', command: 'node node_modules/typescript59/bin/tsc -p .' },
    { name: 'build', command: 'npm pack --pack-destination temp/package' },
    { name: 'package contents', command: `node scripts/check-tarball.mjs ${TARBALL}` },
    { name: 'package manifest', command: `publint --strict ${TARBALL}` },
    { name: 'package resolution', command: `attw ${TARBALL}` },
    { name: 'public API report', command: 'node scripts/api-report.mjs' },
    { name: 'consumers', command: `node test/consumers/run.mjs ${TARBALL}` },
    { name: 'sample', command: 'nest build' },
    { name: 'documentation site', command: 'npm run docs' },
  ],
];

const words = process.argv.slice(2);
const isChosen = ({ name }) => words.length === 0 || words.some((word) => name.includes(word));
const chosen = LANES.map((lane) => lane.filter(isChosen));
if (chosen.flat().length === 0) {
  const names = LANES.flat().map(({ name }) => name);
  console.error(`No check has such a name. The checks: ${names.join(', ')}`);
  process.exit(2);
}
const env = {
  ...process.env,
  NO_COLOR: '1',
  PATH: resolve('node_modules/.bin') + delimiter + process.env.PATH,
};

mkdirSync('temp/package', { recursive: true });
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    running.forEach(kill);
    process.exit(1);
  });
}
const start = performance.now();
summarize((await Promise.all(chosen.map(runLane))).flat());

/** Runs the checks one after another and says when each begins and ends. */
async function runLane(checks) {
  const results = [];
  for (const check of checks) {
    console.log(`        ${check.name} …`);
    const result = await run(check);
    results.push(result);
    console.log(line(result));
  }
  return results;
}

async function run({ name, command, jest }) {
  const begun = performance.now();
  const report = `temp/${name.replace(/\W+/g, '-')}.json`;
  rmSync(report, { force: true });
  const { ok, output } = await shell(
    jest ? `${command} --ci --json --outputFile=${report}` : command,
  );
  const { passed, failed } = jest ? countTests(report) : { passed: ok ? 1 : 0, failed: 0 };
  return {
    name,
    output,
    passed,
    // A command that failed for another reason than a failed test is one failure of its own.
    failed: ok ? failed : Math.max(failed, 1),
    tests: jest ? `  ${passed + failed} tests` : '',
    seconds: since(begun),
  };
}

function summarize(results) {
  for (const { name, output } of results.filter(({ failed }) => failed > 0)) {
    console.log(`\n======== FAILED: ${name}\n${output.trimEnd()}`);
  }
  console.log(`\n${results.map(line).join('\n')}`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`        in all  ${since(start)} s`);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}

function line({ name, failed, seconds, tests }) {
  return `${failed > 0 ? 'FAILED' : 'ok    '}  ${name.padEnd(22)}  ${seconds.padStart(6)} s${tests}`;
}

function since(begun) {
  return ((performance.now() - begun) / 1_000).toFixed(1);
}

/** Runs a command in a process group of its own, so that all of it can be killed. */
function shell(command) {
  return new Promise((done) => {
    const child = spawn(command, {
      shell: true,
      detached: true,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const timer = setTimeout(() => kill(child), LIMIT_MS);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('close', (code) => {
      clearTimeout(timer);
      running.delete(child);
      done({ ok: code === 0, output });
    });
  });
}

function kill(child) {
  process.kill(-child.pid, 'SIGKILL');
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

// npm start: every contender in turn, row by row; prints the tables and writes RESULTS.md.
// npm start -- ROW,ROW: only these rows, again: their tables take the place of those in RESULTS.md.
// npm start -- ROW,ROW CONTENDER,CONTENDER: only these, and only prints.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

import { runRow } from './run-row.mjs';

const HERE = import.meta.dirname;
const OURS = 'nestjs-oauth2-client';

/** In the order of a reader's questions. */
const ROWS = `
  cold-herd expiry-herd revoked-together revoked-staggered permanent-401
  renewal-under-load failing-renewal outage too-many-requests hang
  bad-bodies odd-lifetimes year-long-token rotation
  secrets-in-errors foreign-origin process-exit
  function-alone whole-request end-to-end many-tokens start installed
  growth-providers growth-waiters growth-subjects by-store by-listener
`
  .trim()
  .split(/\s+/);

const [rows = ROWS, contenders = namesIn('contenders')] = process.argv
  .slice(2)
  .map((list) => list.split(','));

installOurs();
const begun = Date.now();
const definitions = await Promise.all(contenders.map((name) => load('contenders', name)));
const tables = [];
for (const name of rows) {
  const row = await load('rows', name);
  const lines = [];
  for (const [i, contender] of contenders.entries()) {
    if (row.only && row.only !== contender) continue;
    const outcome = await runRow(name, contender, row.nodeOptions);
    const cells = cellsOf(row, outcome);
    if (cells) lines.push([label(definitions[i]), ...cells]);
  }
  tables.push(`### ${capital(row.title)}\n\n${table(['', ...row.columns], lines)}`);
  console.log(`${tables.at(-1)}\n`);
}
const file = join(HERE, 'RESULTS.md');
if (process.argv.length === 2) writeFileSync(file, results());
if (process.argv.length === 3) writeFileSync(file, tables.reduce(replaced, read(file)));

/** What is measured is the package as it is published. */
function installOurs() {
  const root = join(HERE, '..');
  const target = join(HERE, 'node_modules', OURS);
  const packing = ['pack', '--json', '--pack-destination', HERE];
  const [{ filename }] = JSON.parse(
    execFileSync('npm', packing, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target);
  execFileSync('tar', ['xzf', join(HERE, filename), '-C', target, '--strip', '1']);
  rmSync(join(HERE, filename));
}

function read(path) {
  return readFileSync(path, 'utf8');
}

/** A page with a table in place of the one with the same title, or behind the others. */
function replaced(page, table) {
  const [title] = table.split('\n');
  const [before, after] = page.split(`${title}\n`);
  if (after === undefined) return page.replace('## Contenders', `${table}\n\n## Contenders`);
  const rest = after.slice(after.indexOf('\n#', 1));
  return `${before}${table}\n${rest}`;
}

function cellsOf(row, { result, error, exits }) {
  if (error !== undefined) return [`failed: ${error}`, ...row.columns.slice(1).map(() => '')];
  if (result === undefined) return undefined;
  return row.columns.map((column) => shown(row.ends ? exits : result[column]));
}

function shown(value) {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) ? value.toLocaleString('en') : value.toPrecision(3);
}

function label({ name, byHand }) {
  return byHand ? `${name} †` : name;
}

function table(head, lines) {
  const rule = head.map(() => '---');
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function results() {
  const minutes = Math.round((Date.now() - begun) / 60_000);
  const { dependencies } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));
  const versions = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  const notes = definitions
    .filter(({ note }) => note)
    .map(({ name, note }) => `- ${name}: ${note}`);
  const machine = `Node ${process.versions.node}, ${cpus().length} cores of ${cpus()[0].model}`;
  return `# Results

Written by \`npm start\` on ${new Date().toISOString().slice(0, 10)} in ${minutes} minutes: ${machine}. Read counts and ratios; times are those of this machine, and two runs differ. A contender that has no figure in a table does not do what the table is about. † Cache or single flight are written by hand, for the package has none.

${tables.join('\n\n')}

## Contenders

${notes.join('\n')}

Versions: ${versions.join(', ')}.
`;
}

function namesIn(folder) {
  const names = readdirSync(join(HERE, folder)).map((file) => file.replace('.mjs', ''));
  return [OURS, ...names.filter((name) => name !== OURS)];
}

async function load(folder, name) {
  return (await import(`./${folder}/${name}.mjs`)).default;
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

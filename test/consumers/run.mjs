// Installs the packed library into three small apps (Nest 10, 11 and 12), has each built by its own
// compiler and run. Usage: node test/consumers/run.mjs [FILE.tgz]; without a file it packs one.
import { exec, execSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const here = import.meta.dirname;
const shell = promisify(exec);
// Outside the repository: its node_modules must not be found by the apps.
const work = mkdtempSync(join(tmpdir(), 'consumers-'));
const tarball = process.argv[2] ? resolve(process.argv[2]) : pack();

const apps = readdirSync(here).filter((name) => name.startsWith('nest'));
const results = await Promise.all(apps.map(check));
if (results.every(Boolean)) rmSync(work, { recursive: true });
else console.log(`left for a look: ${work}`);
process.exitCode = results.every(Boolean) ? 0 : 1;

function pack() {
  const command = `npm pack --loglevel error --pack-destination "${work}"`;
  execSync(command, { cwd: join(here, '../..'), stdio: 'inherit' });
  return join(work, readdirSync(work)[0]);
}

async function check(app) {
  const start = performance.now();
  const cwd = join(work, app);
  for (const part of [app, 'src', 'copies.mjs']) {
    cpSync(join(here, part), part === app ? cwd : join(cwd, part), { recursive: true });
  }
  const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  const starts = Object.keys(scripts).filter((name) => name.startsWith('start'));
  try {
    await shell(`npm install --no-audit --no-fund "${tarball}"`, { cwd });
    await shell('npm run build', { cwd });
    await shell('node copies.mjs', { cwd });
    for (const name of starts) {
      const { stdout } = await shell(`npm run ${name}`, { cwd });
      if (!/^ok$/m.test(stdout)) throw new Error(`npm run ${name} did not print ok:\n${stdout}`);
    }
  } catch (error) {
    console.log(`FAILED  ${app}\n${error.message}\n${error.stdout ?? ''}`);
    return false;
  }
  console.log(`ok      ${app}  ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return true;
}

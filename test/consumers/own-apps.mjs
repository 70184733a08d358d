import { exec } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const shell = promisify(exec);
/** What runs in an app as it is, and a package that the app must have for it. */
const SCRIPTS = { 'copies.mjs': '@nestjs/core', 'filters.mjs': '@nestjs/microservices' };

/** The apps that are kept here: each has a package.json and a compiler of its own, and the sources in common. */
export function ownApps(here) {
  const folders = readdirSync(here).filter((name) => name.startsWith('nest'));
  return folders.map((name) => ({ name, run: (work, tarball) => run(here, name, work, tarball) }));
}

async function run(here, app, work, tarball) {
  const cwd = join(work, app);
  cpSync(join(here, app), cwd, { recursive: true });
  for (const part of ['src', ...Object.keys(SCRIPTS)]) {
    cpSync(join(here, part), join(cwd, part), { recursive: true });
  }
  const { scripts, dependencies } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  await shell(`npm install --no-audit --no-fund "${tarball}"`, { cwd });
  await shell('npm run build', { cwd });
  for (const [script, needed] of Object.entries(SCRIPTS)) {
    if (needed in dependencies) await shell(`node ${script}`, { cwd });
  }
  for (const name of Object.keys(scripts).filter((script) => script.startsWith('start'))) {
    const { stdout } = await shell(`npm run ${name}`, { cwd });
    if (!/^ok$/m.test(stdout)) throw new Error(`npm run ${name} did not print ok:\n${stdout}`);
  }
}

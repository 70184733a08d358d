// Installs the packed library into apps, and has each of them build and test itself by its own means: three
// small ones that are kept here (Nest 10, 11 and 12), and new ones that the Nest CLI makes.
// Usage: node test/consumers/run.mjs [FILE.tgz [WORD]]; without a file it packs one, with a word it takes only
// the apps whose names contain it.
import { execSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { newApps } from './new-apps.mjs';
import { ownApps } from './own-apps.mjs';

const here = import.meta.dirname;
const [file, word = ''] = process.argv.slice(2);
// Outside the repository: its node_modules must not be found by the apps.
const work = mkdtempSync(join(tmpdir(), 'consumers-'));
const tarball = file ? resolve(file) : pack();

const apps = [...ownApps(here), ...newApps(here)].filter(({ name }) => name.includes(word));
const results = await Promise.all(apps.map(check));
if (results.every(Boolean)) rmSync(work, { recursive: true });
else console.log(`left for a look: ${work}`);
process.exitCode = results.every(Boolean) && apps.length > 0 ? 0 : 1;

function pack() {
  const command = `npm pack --loglevel error --pack-destination "${work}"`;
  execSync(command, { cwd: join(here, '../..'), stdio: 'inherit' });
  return join(work, readdirSync(work)[0]);
}

async function check({ name, run }) {
  const start = performance.now();
  try {
    await run(work, tarball);
  } catch (error) {
    console.log(`FAILED  ${name}\n${error.message}\n${error.stdout ?? ''}`);
    return false;
  }
  console.log(`ok      ${name}  ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return true;
}

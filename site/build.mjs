// Builds the documentation site into site/dist, and checks its links and anchors. It works on a fresh clone.
// Only built-in modules are imported here, since nothing may be installed yet.
import { spawnSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const site = join(root, 'site');
const pages = join(site, 'pages');

// typedoc reads the types of the peers, whatever their versions.
if (!installedAt(root)) install(root);
if (installedAt(site) < modified(join(site, 'package-lock.json'))) install(site);

const [{ writeApi }, { writePages }, { build }, { deadLinks }] = await Promise.all([
  import('./api.mjs'),
  import('./pages.mjs'),
  import('vitepress'),
  import('./dead-links.mjs'),
]);

rmSync(pages, { recursive: true, force: true });
writePages(root, pages);
console.log('Reading the documentation comments …');
await writeApi(root, pages, 'api');
console.log('Building the pages …');
await build(site);

const dead = deadLinks(join(site, 'dist'));
for (const { page, target } of dead) console.error(`${page} has a dead link: ${target}`);
if (dead.length > 0) process.exit(1);
console.log('The site is in site/dist. `npm run preview --prefix site` shows it.');

/** When a folder got its packages. npm writes this file last, so an interrupted install counts as none. */
function installedAt(folder) {
  return modified(join(folder, 'node_modules/.package-lock.json'));
}

function modified(file) {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function install(folder) {
  console.log(`Installing the packages of ${folder} …`);
  const { status } = spawnSync('npm ci --no-audit --no-fund', {
    cwd: folder,
    stdio: 'inherit',
    shell: true,
  });
  if (status !== 0) process.exit(status ?? 1);
}

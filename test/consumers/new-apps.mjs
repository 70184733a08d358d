import { exec } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const shell = promisify(exec);
const NEW = 'new --skip-install --skip-git --package-manager npm';
/** What a new app needs to check its types and to run its tests: all else is not installed, for it takes minutes. */
const NEEDED = /^(@nestjs\/testing|@types\/.+|jest|ts-jest|supertest|typescript|vitest|vite-.+)$/;

/**
 * New apps by Nest version, and the CLI that makes them. They install what the README says, get a module that
 * uses the library, and run their tests with the runner that the CLI has set up: jest as CommonJS, or vitest.
 */
export function newApps(here) {
  const ours = resolve(here, '../../node_modules/.bin/nest');
  const clis = { 11: 'npx --yes @nestjs/cli@11', 12: `"${ours}"` };
  return Object.entries(clis).map(([major, cli]) => ({
    name: `new-nest${major}`,
    run: (work, tarball) => run(here, major, cli, work, tarball),
  }));
}

async function run(here, major, cli, work, tarball) {
  const name = `new-nest${major}`;
  const cwd = join(work, name);
  await shell(`${cli} ${NEW} ${name}`, { cwd: work });
  const isEsm = leaveOut(cwd);
  addModule(join(here, 'cli'), cwd, isEsm ? '.js' : '');
  const packages = installedByReadme(join(here, '../../README.md'), major);
  const line = packages.replace('nestjs-oauth2-client', `"${tarball}"`);
  await shell(`npm install --no-audit --no-fund ${line}`, { cwd });
  await shell('npx tsc --noEmit', { cwd });
  await shell('npm test', { cwd });
  await shell('npm run test:e2e', { cwd });
}

/** The packages that the README says to install for a Nest version. */
function installedByReadme(readme, major) {
  const line = new RegExp(
    String.raw`^npm install (nestjs-oauth2-client .*?) # Nest ${major}$`,
    'm',
  );
  const [, packages] = line.exec(readFileSync(readme, 'utf8')) ?? [];
  if (!packages) throw new Error(`README.md has no install line for Nest ${major}`);
  return packages;
}

/** Takes the tools out of package.json that only lint, format and build. Tells whether the app is ESM. */
function leaveOut(cwd) {
  const file = join(cwd, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const needed = Object.entries(manifest.devDependencies).filter(([name]) => NEEDED.test(name));
  writeFileSync(file, JSON.stringify({ ...manifest, devDependencies: Object.fromEntries(needed) }));
  return manifest.type === 'module';
}

/** Copies our files into a new app, and imports their module. */
function addModule(from, cwd, extension) {
  for (const file of readdirSync(from, { recursive: true }).filter((name) =>
    name.endsWith('.ts'),
  )) {
    cpSync(join(from, file), join(cwd, file));
    const text = readFileSync(join(cwd, file), 'utf8');
    writeFileSync(join(cwd, file), text.replaceAll(/(from '\..+)\.js'/g, `$1${extension}'`));
  }
  const app = join(cwd, 'src/app.module.ts');
  const text = readFileSync(app, 'utf8').replace('imports: []', 'imports: [PayoutModule]');
  writeFileSync(app, `import { PayoutModule } from './payouts${extension}';\n${text}`);
}

// Adds the optional packages of other platforms to package-lock.json, which npm leaves out where it
// cannot look them up, and without which `npm ci` calls the file out of sync.
// Idempotent; run after every `npm install` that changes a dependency.
import { readFileSync, writeFileSync } from 'node:fs';

const SYSTEMS = 'android darwin freebsd linux netbsd openbsd openharmony sunos aix win32'.split(
  ' ',
);
const PROCESSORS = 'arm64 x64 ia32 ppc64 s390x riscv64 loong64 mips64el arm'.split(' ');

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const exact = /^\d/.test(version);
    const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
    if (path === '' || !exact || places.some((p) => lock.packages[p]?.version === version))
      continue;
    const shortName = name.split('/').pop();
    const os = SYSTEMS.filter((s) => shortName.includes(s)).slice(0, 1);
    const cpu = PROCESSORS.filter((p) => shortName.includes(p)).slice(0, 1);
    lock.packages[lock.packages[places[1]] ? places[0] : places[1]] = {
      version,
      ...(cpu.length > 0 && { cpu }),
      ...(entry.dev && { dev: true }),
      optional: true,
      ...(os.length > 0 && { os }),
    };
    added++;
  }
}
// npm's own order: the project first, then by path.
const packages = Object.entries(lock.packages).sort(([a], [b]) => {
  if (a === '' || b === '') return a === '' ? -1 : 1;
  return a.localeCompare(b, 'en');
});
lock.packages = Object.fromEntries(packages);
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added} optional entries added`);

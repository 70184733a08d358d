import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

export default {
  title: 'what is installed for it, beside what it puts tokens into',
  columns: ['packages', 'KB'],
  async run({ contender }) {
    const [itself, ...beside] = contender.packages;
    if (!itself) return undefined;
    const there = new Set(beside.flatMap((name) => [...closure(name)]));
    const added = [...closure(itself)].filter((folder) => !there.has(folder));
    const bytes = added.reduce((sum, folder) => sum + sizeOf(folder), 0);
    return { packages: added.length, KB: Math.round(bytes / 1_024) };
  },
};

/** The folders of a package and of all that it depends on. */
function closure(name, from = ROOT, found = new Set()) {
  const folder = resolve(name, from);
  if (!folder || found.has(folder)) return found;
  found.add(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const dependency of Object.keys(dependencies)) closure(dependency, folder, found);
  return found;
}

function resolve(name, from) {
  const folder = join(from, 'node_modules', name);
  if (existsSync(join(folder, 'package.json'))) return folder;
  return dirname(from) === from ? undefined : resolve(name, dirname(from));
}

function sizeOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules') return sum;
    return sum + (entry.isDirectory() ? sizeOf(path) : statSync(path).size);
  }, 0);
}

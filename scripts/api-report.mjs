// Compares the public API of every entry point with its report in etc/. It also fails if a part of the API is a type
// that no entry point exports: a change of that type would not show. `--local` writes the reports.
// Usage: node scripts/api-report.mjs [--local] [--types FOLDER] [--temp FOLDER] [--entry PATH]
import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { values: options } = parseArgs({
  options: {
    local: { type: 'boolean' },
    types: { type: 'string', default: 'dist/esm' },
    temp: { type: 'string', default: 'temp' },
    entry: { type: 'string' },
  },
});
const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.entries(exports)
  .filter(([, conditions]) => typeof conditions === 'object')
  .map(([path, conditions]) => ({
    path,
    report: path === '.' ? name : `${name}-${basename(path)}`,
    types: resolve(options.types, conditions.import.types.replace('./dist/esm/', '')),
  }));
const exported = new Set(entries.flatMap(({ types }) => exportedBy(types)));

for (const { path, report, types } of entries) {
  if (path !== (options.entry ?? path)) continue;
  const configObject = ExtractorConfig.loadFile(resolve('api-extractor.json'));
  configObject.mainEntryPointFilePath = types;
  configObject.apiReport.reportFileName = `${report}.api.md`;
  configObject.apiReport.reportTempFolder = resolve(options.temp);
  configObject.projectFolder = dirname(resolve('package.json'));
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: resolve('api-extractor.json'),
    packageJsonFullPath: resolve('package.json'),
  });
  const { succeeded } = Extractor.invoke(config, {
    localBuild: options.local,
    messageCallback: forgive,
  });
  if (!succeeded) process.exitCode = 1;
}

/** A type that another entry point exports is in the report of that one. */
function forgive(message) {
  if (message.messageId !== 'ae-forgotten-export') return;
  const [, symbol] = /"(\w+)"/.exec(message.text) ?? [];
  if (exported.has(symbol)) message.logLevel = 'none';
}

/** The names that a file of types exports. */
function exportedBy(file) {
  const text = readFileSync(join(file), 'utf8');
  const lists = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list]) =>
    list.split(',').map((item) =>
      item
        .trim()
        .replace(/^type /, '')
        .split(' as ')
        .at(-1),
    ),
  );
  const own = [
    ...text.matchAll(
      /export (?:declare )?(?:abstract )?(?:class|interface|type|const|function) (\w+)/g,
    ),
  ];
  return [...lists, ...own.map(([, symbol]) => symbol)];
}

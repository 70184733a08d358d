// Compares the public API of every entry point with its report in etc/. `--local` writes the reports.
import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const { name, exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.entries(exports).filter(([, conditions]) => typeof conditions === 'object');
for (const [path, conditions] of entries) {
  const configObject = ExtractorConfig.loadFile(resolve('api-extractor.json'));
  configObject.mainEntryPointFilePath = resolve(conditions.import.types);
  const report = path === '.' ? name : `${name}-${basename(path)}`;
  configObject.apiReport.reportFileName = `${report}.api.md`;
  configObject.projectFolder = dirname(resolve('package.json'));
  const config = ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: resolve('api-extractor.json'),
    packageJsonFullPath: resolve('package.json'),
  });
  const { succeeded } = Extractor.invoke(config, { localBuild: process.argv.includes('--local') });
  if (!succeeded) process.exitCode = 1;
}

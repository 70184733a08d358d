// Writes the API reference from the documentation comments of every entry point of the package.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Application, Converter } from 'typedoc';

/** Writes the pages into a folder below `pages`, and there its sidebar for VitePress. */
export async function writeApi(root, pages, folder) {
  const { name, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const entries = Object.entries(exports)
    .filter(([, conditions]) => typeof conditions === 'object')
    .map(([path, { import: built }]) => ({
      name: path.replace('.', name),
      path: built.default.replace('./dist/esm/', 'lib/').replace(/\.js$/, ''),
    }));
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme'],
    tsconfig: join(root, 'tsconfig.esm.json'),
    entryPoints: entries.map(({ path }) => join(root, `${path}.ts`)),
    basePath: root,
    docsRoot: pages,
    out: join(pages, folder),
    readme: 'none',
    name: 'API reference',
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    expandParameters: true,
    parametersFormat: 'table',
    enumMembersFormat: 'table',
    logLevel: 'Warn',
  });
  // An entry point has the name that one imports, not that of its file.
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children) {
      const entry = entries.find(({ path }) => path.replace(/\/index$/, '') === module.name);
      if (entry) module.name = entry.name;
    }
  });
  const project = await app.convert();
  if (!project) throw new Error('typedoc could not read the entry points: see the errors above.');
  await app.generateOutputs(project);
}

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { transformSync } from '@swc/core';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The library as JavaScript in a folder of its own, for processes that jest does not run. */
export class CompiledLib {
  readonly #folder: string;

  constructor() {
    // Inside node_modules, so that its imports are found.
    const cache = join(root, 'node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    this.#folder = mkdtempSync(join(cache, 'compiled-lib-'));
    writeFileSync(join(this.#folder, 'package.json'), '{ "type": "module" }');
    const lib = join(root, 'lib');
    for (const file of readdirSync(lib, { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.ts')) this.#compile(join(lib, file), file.replace(/\.ts$/, '.js'));
    }
  }

  /** What to import. */
  get url(): string {
    return pathToFileURL(join(this.#folder, 'index.js')).href;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #compile(source: string, target: string): void {
    const { code } = transformSync(readFileSync(source, 'utf8'), {
      swcrc: false,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
      module: { type: 'es6' },
    });
    mkdirSync(dirname(join(this.#folder, target)), { recursive: true });
    writeFileSync(join(this.#folder, target), code);
  }
}

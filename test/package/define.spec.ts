import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { root } from './pages.js';

/** The packages that a file of lib loads, directly or through other files. Imports of types load nothing. */
function packagesOf(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const imports = [...text.matchAll(/^(?:import|export)(?! type\b)[^;]*? from '([^']+)';/gm)];
  return imports.flatMap(([, name = '']) =>
    name.startsWith('.')
      ? packagesOf(join(dirname(file), name.replace(/\.js$/, '.ts')), seen)
      : [name],
  );
}

describe('the entry point `nestjs-oauth2-client/define`', () => {
  it('the entry point `nestjs-oauth2-client/define` loads neither Nest nor axios', () => {
    const others = packagesOf(join(root, 'lib/define.ts')).filter(
      (name) => !name.startsWith('node:'),
    );
    expect(others).toEqual([]);
  });

  it('the root loads Nest and axios, so it is larger than `nestjs-oauth2-client/define`', () => {
    expect(packagesOf(join(root, 'lib/index.ts'))).toEqual(
      expect.arrayContaining(['@nestjs/common', 'axios']),
    );
  });
});

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { root } from './pages.js';

// Inside the package, so that the types of its dependencies are found.
mkdirSync(join(root, 'temp'), { recursive: true });
const work = mkdtempSync(join(root, 'temp/api-'));
const types = join(work, 'types');

beforeAll(() => {
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.esm.json'];
  run([...tsc, '--emitDeclarationOnly', '--outDir', types]);
}, 120_000);
afterAll(() => rmSync(work, { recursive: true }));

describe('the API report', () => {
  it('is the same for the same types', () => {
    expect(report(types)).toMatchObject({ status: 0 });
  }, 60_000);

  it.each([
    [
      'a new member of a definition',
      'providers/provider-definition.d.ts',
      'export interface CommonDefinition extends Omit<TokenEndpoint, MembersOfGrantAndApi> {',
      '\n    readonly newMember?: boolean | undefined;',
    ],
    ['a new grant', 'oauth2/grants.d.ts', 'export type GrantType =', " 'new_grant' |"],
    [
      'a new option of the module',
      'module/module-options.d.ts',
      'export interface OAuth2ClientModuleOptions {',
      '\n    readonly newOption?: boolean | undefined;',
    ],
  ])(
    'shows %s',
    (_what, file, anchor, addition) => {
      const changed = join(work, 'changed');
      cpSync(types, changed, { recursive: true });
      const path = join(changed, file);
      const text = readFileSync(path, 'utf8');
      expect(text).toContain(anchor);
      writeFileSync(path, text.replace(anchor, anchor + addition));
      const { status, output } = report(changed, file.startsWith('module') ? '.' : './define');
      expect(output).toContain('API signature');
      expect(status).not.toBe(0);
    },
    60_000,
  );

  it('fails if a part of the API is a type that no entry point exports', () => {
    const changed = join(work, 'changed');
    cpSync(types, changed, { recursive: true });
    const path = join(changed, 'providers/grant-definition.d.ts');
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replace(
        'export type GrantDefinition =',
        'interface Hidden { readonly secret: true }\nexport type GrantDefinition = Hidden |',
      ),
    );
    const { status, output } = report(changed);
    expect(output).toContain('"Hidden" needs to be exported');
    expect(status).not.toBe(0);
  }, 60_000);
});

function report(folder: string, entry = './define') {
  if (!existsSync(folder)) throw new Error('There are no types.');
  const child = spawnSync(
    process.execPath,
    ['scripts/api-report.mjs', '--types', folder, '--temp', work, '--entry', entry],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  return { status: child.status, output: child.stdout + child.stderr };
}

function run(command: readonly string[]): void {
  const { status, stdout } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout);
}

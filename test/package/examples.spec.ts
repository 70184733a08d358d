import { join } from 'node:path';

import { beforeAll, expect, it } from '@jest/globals';
import ts from 'typescript';

import { pagesIn, root, type Page } from './pages.js';

// Every TypeScript block of the README and of docs/ must compile as a module of its own. What a
// block leaves out for the reader may stand in a comment right before it, which is not shown:
//
//   <!-- context
//   declare const clientId: string;
//   -->
//   ```ts
//   zeepay({ clientId, … });
//   ```
const BLOCK =
  /(?:^[ \t]*<!-- context\n(?<context>[^]*?)^[ \t]*-->\s*?\n)?^[ \t]*```(?:ts|typescript)\b.*\n(?<code>[^]*?)^[ \t]*```/gm;

const readme = pagesIn('.').filter(({ path }) => path === 'README.md');
const examples = [...readme, ...pagesIn('docs')].flatMap(examplesOf);
const problems = new Map<string, string[]>();

beforeAll(() => compile(), 120_000);

it('the README has examples', () => {
  expect(examples.map(({ page }) => page)).toContain('README.md');
});

for (const { title } of examples) {
  it(`${title} compiles`, () => expect(problems.get(title)).toEqual([]));
}

function examplesOf({ path, text }: Page) {
  return [...text.matchAll(BLOCK)].map((match) => {
    const { context = '', code = '' } = match.groups ?? {};
    const shown = match.index + match[0].lastIndexOf(code);
    const hidden = match.index + match[0].indexOf(context);
    // All but the code is blanked, so that compiler messages name the line of the page.
    const source =
      blank(text.slice(0, hidden)) +
      context +
      blank(text.slice(hidden + context.length, shown)) +
      code;
    const title = `${path}:${text.slice(0, shown).split('\n').length}`;
    return { page: path, title, source, file: join(root, `${title.replace(':', '.')}.ts`) };
  });
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, '');
}

function compile(): void {
  const overrides = {
    declaration: false,
    noUnusedLocals: false,
    moduleDetection: ts.ModuleDetectionKind.Force,
  };
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), overrides, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => expect(messageText).toBeUndefined(),
  });
  const options = config?.options ?? {};
  const host = ts.createCompilerHost(options);
  const onDisk = { ...host };
  const sources = new Map(examples.map(({ file, source }) => [file, source]));
  host.fileExists = (file) => sources.has(file) || onDisk.fileExists(file);
  host.readFile = (file) => sources.get(file) ?? onDisk.readFile(file);

  const program = ts.createProgram([...sources.keys()], options, host);
  for (const { title, file } of examples) {
    problems.set(title, ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(show));
  }
}

function show({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
  return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}

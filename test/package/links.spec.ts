import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { pagesIn, root, type Page } from './pages.js';

const LINKS = [
  /\]\(<?([^)\s>]+)/g, // [text](target) and ![text](target)
  /^\[[^\]]+\]:\s*(\S+)/gm, // [name]: target
  /(?:href|src)="([^"]+)"/g,
];

const { files, homepage } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  files: string[];
  homepage: string;
};
/** Where the repository shows its files, for links from the tarball to what is not in it. */
const IN_REPOSITORY = `${homepage.replace(/#.*/, '')}/blob/main/`;

const pages = pagesIn('.', 'docs', 'sample');
const packed = pages.filter(({ path }) => isPacked(path));

describe.each(pages)('$path', ({ path, text }) => {
  it('a page links only to files and headings that exist', () => {
    const internal = linksOf(text).filter((target) => !isAbsolute(target));
    expect(internal.filter((target) => !resolves(path, target))).toEqual([]);
  });

  it('a page links only to files of the repository that exist', () => {
    const targets = linksOf(text).filter((target) => target.startsWith(IN_REPOSITORY));
    const paths = targets.map((target) => target.slice(IN_REPOSITORY.length));
    expect(paths.filter((target) => !resolves('README.md', target))).toEqual([]);
  });
});

describe('in the tarball', () => {
  it('the tarball has the README and the pages of docs/', () => {
    const paths = packed.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'SECURITY.md', 'CHANGELOG.md']));
    expect(paths).toEqual(expect.arrayContaining(pagesIn('docs').map(({ path }) => path)));
  });

  it.each(packed)('no link of $path in the tarball leads to a file that is not packed', (page) => {
    expect(deadInTarball(page)).toEqual([]);
  });

  it('a link to a file that is not packed is found', () => {
    const text =
      '[a](../ARCHITECTURE.md) [b](../SECURITY.md) [c](errors.md#errors) [d](#e) [f](..)';
    expect(deadInTarball({ path: 'docs/errors.md', text })).toEqual(['../ARCHITECTURE.md', '..']);
  });
});

function deadInTarball({ path, text }: Page): string[] {
  return linksOf(text)
    .filter((target) => !isAbsolute(target) && !target.startsWith('#'))
    .filter((target) => !isPacked(join(dirname(path), target.replace(/#.*/, ''))));
}

/** Whether npm packs a file: what `files` names, and three files in any case. */
function isPacked(path: string): boolean {
  const always = ['package.json', 'README.md', 'LICENSE'];
  return [...always, ...files].some((name) => path === name || path.startsWith(`${name}/`));
}

function isAbsolute(target: string): boolean {
  return /^([a-z]+:|\/\/)/i.test(target);
}

function linksOf(text: string): string[] {
  const prose = withoutCode(text).replaceAll(/`[^`\n]*`/g, '');
  return LINKS.flatMap((pattern) => [...prose.matchAll(pattern)].map(([, target = '']) => target));
}

function resolves(from: string, target: string): boolean {
  const [file = '', anchor] = target.split('#').map(decodeURIComponent);
  const path = file === '' ? from : join(dirname(from), file);
  if (!existsSync(join(root, path))) return false;
  const page = pages.find((candidate) => candidate.path === path);
  return anchor === undefined || page === undefined || anchorsOf(page.text).has(anchor);
}

/** The anchors that GitHub gives to headings, and those that a page sets itself. */
function anchorsOf(text: string): Set<string> {
  const prose = withoutCode(text);
  const anchors = new Set(
    [...prose.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id),
  );
  const seen = new Map<string, number>();
  for (const [, heading = ''] of prose.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = shown.replaceAll(/[^\p{L}\p{M}\p{N}_ -]/gu, '').replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

function withoutCode(text: string): string {
  return text.replaceAll(/^[ \t]*```[^]*?^[ \t]*```/gm, '');
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { pagesIn, root } from './pages.js';

const LINKS = [
  /\]\(<?([^)\s>]+)/g, // [text](target) and ![text](target)
  /^\[[^\]]+\]:\s*(\S+)/gm, // [name]: target
  /(?:href|src)="([^"]+)"/g,
];

const pages = pagesIn('.', 'docs', 'sample');

describe.each(pages)('$path', ({ path, text }) => {
  it('links to files and headings that exist', () => {
    const internal = linksOf(text).filter((target) => !/^([a-z]+:|\/\/)/i.test(target));
    expect(internal.filter((target) => !resolves(path, target))).toEqual([]);
  });
});

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

// Writes the pages of the site from the Markdown files of the repository.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

import { withCharts } from './charts.mjs';
import { landingPage } from './landing-page.mjs';
import { inline } from './picture.mjs';
import { GROUPS } from './sidebar.mjs';

/** Beside the pages of docs/: the files of the repository that are a page of the site, and how each is made. */
const OTHERS = [
  { from: 'README.md', to: 'index.md', make: landingPage },
  { from: 'CHANGELOG.md', to: 'changelog.md' },
  { from: 'bench/RESULTS.md', to: 'benchmark.md', make: withCharts },
];

const CODE = /(^[ \t]*```[^]*?^[ \t]*```)/m;

export function writePages(root, folder) {
  const { homepage } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const repository = `${homepage.replace(/#.*/, '')}/blob/main/`;
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  requireInSidebar(docs);
  const pages = [...docs.map((name) => ({ from: `docs/${name}`, to: name })), ...OTHERS];
  const siteOf = new Map(pages.map(({ from, to }) => [from, to]));
  mkdirSync(folder, { recursive: true });
  for (const { from, to, make = (text) => text } of pages) {
    const text = outsideCode(readFileSync(join(root, from), 'utf8'), (prose) =>
      withPictures(withoutComments(prose), join(root, dirname(from))).replaceAll(
        /(\]\(|^\[[^\]]+\]:\s*)([^)\s]+)/gm,
        (_, before, target) => before + onSite(target, from),
      ),
    );
    writeFileSync(join(folder, to), make(text));
  }

  /** A link to a file that is a page leads to the page, any other one to the repository. */
  function onSite(target, from) {
    const [path, anchor] = target.replace(repository, '/').split('#');
    if (path === '' || /^[a-z]+:/.test(path)) return target;
    const file = path.startsWith('/') ? path.slice(1) : posix.join(posix.dirname(from), path);
    const page = siteOf.has(file) ? `./${siteOf.get(file)}` : repository + file;
    return anchor === undefined ? page : `${page}#${anchor}`;
  }
}

function requireInSidebar(docs) {
  const listed = GROUPS.flatMap(({ pages }) => pages.map(([page]) => `${page}.md`));
  const missing = docs.filter((name) => !listed.includes(name));
  if (missing.length > 0) {
    throw new Error(
      `The sidebar lacks pages of docs/: ${missing}. Each needs a line in site/sidebar.mjs.`,
    );
  }
}

function outsideCode(text, change) {
  return text
    .split(CODE)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('');
}

/** Comments hold what the examples need to compile. */
function withoutComments(text) {
  return text.replaceAll(/<!--[^]*?-->\n*/g, '');
}

/** Puts an SVG file into the page, so that its colours are those of the page. */
function withPictures(text, folder) {
  return text.replaceAll(/^!\[[^\]]*\]\(([^)]+\.svg)\)$/gm, (_, path) =>
    inline(readFileSync(join(folder, path), 'utf8')),
  );
}

import { readFileSync } from 'node:fs';

import { sidebar } from '../sidebar.mjs';
import { slug } from '../slug.mjs';

const { name, description, homepage } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);
const api = JSON.parse(
  readFileSync(new URL('../pages/api/typedoc-sidebar.json', import.meta.url), 'utf8'),
);

/** A key, the icon of the site. */
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="#4361d8" stroke-width="4"><circle cx="10" cy="16" r="7"/><path d="M17 16h13v6m-6-6v5"/></svg>';

export default {
  title: name,
  description,
  lang: 'en',
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: 'node_modules/.cache/vitepress',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(icon)}` }]],
  markdown: {
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  // The theme gives its landing page no main landmark.
  transformHtml: (html) => html.replace('<div class="VPHome"', '<div role="main" class="VPHome"'),
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/getting-started' },
      { text: 'API', link: '/api/' },
      { text: 'Benchmark', link: '/benchmark' },
      { text: 'Changelog', link: '/changelog' },
    ],
    sidebar: {
      '/': sidebar,
      '/api/': [{ text: 'Guide', link: '/getting-started' }, ...api.flatMap(entryPoints)],
    },
    socialLinks: [{ icon: 'github', link: homepage.replace(/#.*/, '') }],
  },
};

/** An entry point and those below it, each with its exports: headings for each kind would trap the keyboard. */
function entryPoints({ items, ...rest }) {
  const kinds = items.filter(({ link }) => link === undefined);
  const below = items.filter(({ link }) => link !== undefined);
  return [{ ...rest, items: kinds.flatMap((kind) => kind.items) }, ...below.flatMap(entryPoints)];
}

/** The landing page: the reasons in the README become its tiles, and the rest follows below. */
export function landingPage(readme) {
  const [intro, why, ...sections] = readme.split(/^## /m);
  const tagline = intro.split('\n\n')[1].replaceAll('\n', ' ').replaceAll('`', '');
  const features = [...why.matchAll(/^- \*\*(.+?)\.\*\* ([^]+?)\n(?=- |\n|$)/gm)].map(
    ([, title, details]) => ({ title, details: details.replaceAll(/\s+/g, ' ') }),
  );
  const frontmatter = {
    layout: 'home',
    hero: {
      name: 'nestjs-oauth2-client',
      text: 'A fresh token in every request',
      tagline,
      actions: [
        { theme: 'brand', text: 'Quick start', link: '#quick-start' },
        { theme: 'alt', text: 'Getting started', link: '/getting-started' },
        { theme: 'alt', text: 'API reference', link: '/api/' },
      ],
    },
    features,
  };
  return `---\n${JSON.stringify(frontmatter)}\n---\n\n## ${sections.join('## ')}`;
}

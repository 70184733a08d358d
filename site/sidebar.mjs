/** The pages of docs/ in the order in which one reads them. A page that is not here fails the build. */
export const GROUPS = [
  {
    text: 'Start',
    pages: [
      ['getting-started', 'Getting started'],
      ['token-life', 'The life of a token'],
      ['migration', 'Migration'],
    ],
  },
  {
    text: 'Use',
    pages: [
      ['configuration', 'Configuration'],
      ['providers', 'Providers'],
      ['accounts', 'Accounts'],
      ['other-clients', 'Other clients'],
      ['shared-store', 'Shared store'],
      ['testing', 'Testing'],
    ],
  },
  {
    text: 'Operate',
    pages: [
      ['errors', 'Errors'],
      ['operations', 'Operations'],
      ['health', 'Health'],
      ['board', 'Status board'],
      ['metrics', 'Metrics and traces'],
      ['security', 'Security'],
    ],
  },
  {
    text: 'Look up',
    pages: [
      ['api/', 'API reference'],
      ['benchmark', 'Benchmark'],
      ['changelog', 'Changelog'],
    ],
  },
];

export const sidebar = GROUPS.map(({ text, pages }) => ({
  text,
  items: pages.map(([page, title]) => ({ text: title, link: `/${page}` })),
}));

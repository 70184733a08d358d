// Turns the tables of the benchmark into bar charts, which are drawn when the site is built.

const ROW = 32;
const WIDTH = 320;
/** Space at the right of the longest bar, for its figure. */
const FIGURE = 90;
/** The row that is emphasized. */
const OURS = 'nestjs-oauth2-client';

/** Puts the charts before each table, and folds the table, which has the same figures in words. */
export function withCharts(markdown) {
  // The headings of the tables are the sections of the page.
  const page = markdown.replace('# Results', '# Benchmark').replaceAll(/^### /gm, '## ');
  return page.replaceAll(/(?:^\|.*\n)+/gm, (table) => {
    const charts = chartsOf(cellsOf(table));
    const named = table.replace(/^\| +\|/, '| contender |');
    if (charts.length === 0) return named;
    return `<div class="charts">\n${charts.join('\n')}\n</div>\n\n::: details The figures as a table\n\n${named}\n:::\n`;
  });
}

function cellsOf(table) {
  const [head, , ...rows] = table.trim().split('\n').map(cells);
  return { columns: head.slice(1), rows };
}

function cells(line) {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** A chart for each column in which figures differ. A single row over numbers is one chart. */
function chartsOf({ columns, rows }) {
  if (rows.length === 1) {
    const [, ...figures] = rows[0];
    if (!columns.some((column) => /^\d+$/.test(column))) return [];
    return [
      chart(
        OURS,
        columns.map((column, index) => [column, figures[index]]),
      ),
    ];
  }
  return columns.flatMap((column, index) => {
    const bars = rows.map(([name, ...figures]) => [name, figures[index]]);
    const figures = new Set(bars.map(([, figure]) => figureOf(figure)));
    return figures.has(undefined) && figures.size === 1
      ? []
      : figures.size < 2
        ? []
        : [chart(column, bars)];
  });
}

/** The first number of a cell: `1,694`, `1.09 (1.05–1.10)`, `7 of 7`. */
function figureOf(cell) {
  const [number] = /^[\d,.]+/.exec(cell) ?? [];
  return number === undefined ? undefined : Number(number.replaceAll(',', ''));
}

function chart(title, bars) {
  const most = Math.max(...bars.map(([, cell]) => figureOf(cell) ?? 0));
  const drawn = bars.map(([name, cell], index) => {
    const length = (((figureOf(cell) ?? 0) / most) * (WIDTH - FIGURE)).toFixed(1);
    const y = index * ROW;
    const kind = name === OURS ? ' class="ours"' : '';
    return `<g${kind}><text y="${y + 12}">${escaped(name)}</text><rect y="${y + 17}" width="${length}" height="9" rx="2"/><text x="${Number(length) + 5}" y="${y + 26}">${escaped(cell)}</text></g>`;
  });
  const label = escaped(`Bar chart: ${title}. The table below has its figures.`);
  return `<figure><figcaption>${escaped(title)}</figcaption><svg class="chart" viewBox="0 0 ${WIDTH} ${bars.length * ROW}" role="img" aria-label="${label}">${drawn.join('')}</svg></figure>`;
}

function escaped(text) {
  return text
    .replaceAll('`', '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;');
}

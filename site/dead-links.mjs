// Finds the links of the built site that lead to a file or an anchor that does not exist.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** All links inside the site whose file or anchor does not exist. */
export function deadLinks(folder) {
  const files = new Set(
    readdirSync(folder, { recursive: true }).map((name) => `/${name.replaceAll('\\', '/')}`),
  );
  const pages = new Map(
    [...files]
      .filter((file) => file.endsWith('.html'))
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );
  const anchors = new Map([...pages].map(([page, html]) => [page, new Set(ids(html))]));
  return [...pages].flatMap(([page, html]) =>
    [...new Set(targets(html))]
      .filter((target) => !/^(?:[a-z]+:|\/\/)/.test(target))
      .filter((target) => !leads(target, page))
      .map((target) => ({ page, target })),
  );

  function leads(target, page) {
    const [path, anchor] = decodeURI(target).split('#');
    const file = path === '' ? page : htmlOf(posix.resolve(posix.dirname(page), path), path);
    if (!files.has(file)) return false;
    return !anchor || !anchors.has(file) || anchors.get(file).has(anchor);
  }

  function htmlOf(file, path) {
    if (path.endsWith('/')) return posix.join(file, 'index.html');
    return files.has(`${file}.html`) ? `${file}.html` : file;
  }
}

function ids(html) {
  return [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => unescaped(id));
}

function targets(html) {
  return [...html.matchAll(/\s(?:href|src)="([^"]+)"/g)].map(([, target]) => unescaped(target));
}

function unescaped(text) {
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}

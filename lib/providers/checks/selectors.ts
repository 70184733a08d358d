import { brokenSelector } from '../../oauth2/selector.js';
import { isObject } from './options.js';

const KINDS = ['header', 'cookie', 'body'];

/** Checks a selector: a path, a header, a cookie, the body, a function, or a list of these. */
export function selector(value: unknown): string | undefined {
  if (typeof value === 'string') return pathProblem(value);
  if (typeof value === 'function') return undefined;
  if (Array.isArray(value)) {
    if (value.length === 0) return 'must not be an empty list';
    return value.map(selector).find((problem) => problem !== undefined);
  }
  const members = isObject(value) ? Object.entries(value) : [];
  const [[kind, name] = ['']] = members;
  const isNamed = kind === 'body' ? name === true : typeof name === 'string' && name !== '';
  return members.length === 1 && isNamed && KINDS.includes(kind)
    ? undefined
    : 'must be a path, { header }, { cookie }, { body: true }, a list of them, or a function';
}

/** Checks a path in a JSON body. The syntax of JSONPath is refused, because it would never match. */
export function pathProblem(path: string): string | undefined {
  if (path.startsWith('$.') || /\[(\d+|\*|'.*'|".*")?\]/.test(path)) {
    return 'must be a path of names and list positions that are joined by dots, such as `items.0.token`';
  }
  if (/[^.]\[[^\]]*=/.test(path)) {
    return 'must have a dot before a condition, such as `items.[type=access].token`';
  }
  const broken = brokenSelector(path);
  if (broken !== undefined) return `must write the condition \`${broken}\` as \`[member=value]\``;
  return path.split('.').includes('')
    ? 'must be a path, and no name in it may be empty'
    : undefined;
}

import { brokenSelector } from '../oauth2/reader.js';
import { isObject } from './option-checks.js';

const PLACES = ['header', 'cookie', 'body'];

/** What is wrong with a place in an answer; `undefined` if nothing is. */
export function reader(value: unknown): string | undefined {
  if (typeof value === 'string') return pathProblem(value);
  if (typeof value === 'function') return undefined;
  if (Array.isArray(value)) {
    if (value.length === 0) return 'must not be an empty list';
    return value.map(reader).find((problem) => problem !== undefined);
  }
  const members = isObject(value) ? Object.entries(value) : [];
  const [[name, place] = ['']] = members;
  const isPlace = name === 'body' ? place === true : typeof place === 'string' && place !== '';
  return members.length === 1 && isPlace && PLACES.includes(name)
    ? undefined
    : 'must be a path, { header }, { cookie }, { body: true }, a list of them, or a function';
}

/** What is wrong with a path in a JSON body. One that is written for JSONPath would never be found. */
export function pathProblem(path: string): string | undefined {
  if (path.startsWith('$.') || /\[(\d+|\*|'.*'|".*")?\]/.test(path)) {
    return 'must be a path of names and list positions that are joined by dots, such as `items.0.token`';
  }
  if (/[^.]\[[^\]]*=/.test(path)) {
    return 'must have a dot before a selector, such as `items.[type=access].token`';
  }
  const broken = brokenSelector(path);
  if (broken !== undefined) return `must write the selector \`${broken}\` as \`[member=value]\``;
  return path.split('.').includes('')
    ? 'must be a path, and no name in it may be empty'
    : undefined;
}

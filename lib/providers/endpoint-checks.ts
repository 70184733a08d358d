import { firstProblem, text, type Check } from './option-checks.js';
import { isPath } from './request-checks.js';
import { urlProblem } from './url-problems.js';

/** Checks of the members that say where requests go. */
export const tokenEndpoint: Check = (value, { allowInsecureOrigins, baseURL, origins }) => {
  if (typeof value === 'function') {
    return (baseURL ?? origins)
      ? undefined
      : 'is a function, which needs `origins` that it may lead to';
  }
  if (baseURL !== undefined && isPath(value)) return undefined;
  const problem = urlProblem(value, { allowInsecure: allowInsecureOrigins === true, query: true });
  return problem && `${problem}, or a path that begins with one slash`;
};

export const baseURL: Check = apiUrl(false);

export const baseURLFrom: Check = (value, { origins, baseURL: base }) =>
  (typeof value === 'function' ? undefined : text(value)) ??
  (base === undefined ? undefined : 'must not stand beside `baseURL`') ??
  (Array.isArray(origins) && origins.length > 0
    ? undefined
    : 'needs `origins` that it may be one of');

export const origins: Check = (value, definition) =>
  Array.isArray(value)
    ? firstProblem(value, (url) => apiUrl(true)(url, definition))
    : 'must be a list of URLs';

function apiUrl(wildcard: boolean): Check {
  return (value, { allowInsecureOrigins }) =>
    urlProblem(value, { allowInsecure: allowInsecureOrigins === true, query: false, wildcard });
}

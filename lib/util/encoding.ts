type Pairs = readonly (readonly [name: string, value: string])[];

/** Names and values as `application/x-www-form-urlencoded`. */
export function formEncoded(pairs: Pairs): string {
  return new URLSearchParams(pairs.map((pair): [string, string] => [...pair])).toString();
}

/** One text as a name or value of a form. */
export function formEncodedText(text: string): string {
  return formEncoded([['', text]]).slice(1);
}

/** Adds parameters to a URL without rewriting the rest. A fragment is removed, because it is never sent. */
export function withQuery(url: string, pairs: Pairs): string {
  if (pairs.length === 0) return url;
  const [beforeHash = ''] = url.split('#');
  return `${beforeHash}${beforeHash.includes('?') ? '&' : '?'}${formEncoded(pairs)}`;
}

/** Headers with their names in lower case. */
export function lowerCaseNames(
  headers: object,
  textOf: (value: unknown, name: string) => string = String,
): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]: [string, unknown]) => [
    name.toLowerCase(),
    textOf(value, name),
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

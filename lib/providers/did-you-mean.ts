/** In characters. Longer names get no suggestion. */
const LONGEST = 64;

/** A suggestion for a misspelled name, as the end of a sentence. Empty if no known name is similar. */
export function didYouMean(name: string, known: readonly string[]): string {
  if (name.length > LONGEST) return '';
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const [nearest] = ranked;
  return nearest && nearest.distance <= Math.max(2, name.length / 3)
    ? `: did you mean \`${nearest.candidate}\`?`
    : '';
}

/** The number of insertions, deletions and replacements between two names, ignoring case. */
function editDistance(a: string, b: string): number {
  const [from, to] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}

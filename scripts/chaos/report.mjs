// Prints what a run has seen, and the history around each violation.
import { recoveries } from './check-recovery.mjs';
import { judgedReuses } from './check-reuse.mjs';
import { History } from './history.mjs';

/** Violations of one rule that are printed with their history, and lines of one history. */
const SHOWN = { violations: 5, lines: 40 };

export function report(lines, violations, start) {
  const history = new History(lines);
  const reuses = judgedReuses(history);
  const granted = history.tokenRequests.filter(({ result }) => result === 'granted');
  console.log(
    'calls:',
    counted(history.calls, ({ end }) => end?.outcome ?? 'no answer'),
  );
  console.log(
    'faults:',
    counted(history.faults, ({ kind, how }) => (how ? `${kind}: ${how}` : kind)),
  );
  console.log(
    'token requests:',
    counted(history.tokenRequests, ({ result }) => result),
  );
  console.log(
    'renewals:',
    counted(granted, ({ grant }) => grant),
  );
  console.log(
    `refresh tokens sent again: ${reuses.length}, of which allowed ${reuses.filter(({ forbidden }) => !forbidden).length}`,
  );
  const recovered = recoveries(history).filter(({ judged }) => judged.length > 0);
  const stalls = history.stalls.filter(({ by }) => ['conductor', 'redis'].includes(by));
  console.log(`recoveries judged: ${recovered.length} in ${history.calms.length} calms`);
  console.log(`moments in which the machine stood still: ${stalls.length}`);
  for (const [rule, all] of grouped(violations)) {
    console.log(`\nVIOLATION of "${rule}": ${all.length}`);
    for (const violation of all.slice(0, SHOWN.violations)) print(violation, start);
    for (const { text } of all.slice(SHOWN.violations, 30)) console.log(`- ${text}`);
  }
}

function print({ text, lines }, start) {
  console.log(`- ${text}`);
  const isCut = lines.length > SHOWN.lines;
  const half = SHOWN.lines / 2;
  const shown = isCut ? [...lines.slice(0, half), undefined, ...lines.slice(-half)] : lines;
  for (const line of shown) {
    if (line === undefined) console.log('      …');
    else {
      const { t, by, e, ...rest } = line;
      console.log(`    ${((t - start) / 1_000).toFixed(3)} ${by} ${e} ${JSON.stringify(rest)}`);
    }
  }
}

function grouped(violations) {
  const groups = new Map();
  for (const violation of violations) {
    groups.set(violation.rule, [...(groups.get(violation.rule) ?? []), violation]);
  }
  return groups;
}

function counted(list, nameOf) {
  const counts = {};
  for (const item of list) counts[nameOf(item)] = (counts[nameOf(item)] ?? 0) + 1;
  return { total: list.length, ...counts };
}

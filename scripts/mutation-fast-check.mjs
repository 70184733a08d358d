// Takes the place of fast-check while mutants are tried. An asynchronous property gets fewer runs, and none
// looks for the smallest counterexample. A mutant can only survive more easily, so no score rises by it.
import fc from '../node_modules/fast-check/lib/fast-check.js';

const MOST_RUNS = 40;

function assert(property, parameters = {}) {
  const { numRuns = 100 } = parameters;
  return fc.assert(property, {
    ...parameters,
    numRuns: property.isAsync() ? Math.min(numRuns, MOST_RUNS) : numRuns,
    endOnFailure: true,
  });
}

export default { ...fc, assert };

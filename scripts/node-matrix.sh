#!/usr/bin/env bash
# Runs the tests on other Node versions. Usage: node-matrix.sh [VERSION...] [JEST OPTION...]
# The binaries come from the npm packages node-<platform>-<arch>. They are kept out of node_modules,
# where their bin named "node" would shadow the real one.
set -uo pipefail
cd "$(dirname "$0")/.."

versions=()
while [[ ${1:-} == [0-9]* ]]; do
  versions+=("$1")
  shift
done
[ ${#versions[@]} -gt 0 ] || versions=(20.19.0 22.23.3 24.21.0 26.10.0)
package=$(node -p '`node-${process.platform}-${process.arch}`')

failed=()
for version in "${versions[@]}"; do
  node=.nodes/$version/node_modules/$package/bin/node
  [ -x "$node" ] ||
    npm install --prefix ".nodes/$version" --no-save --no-package-lock --silent "$package@$version"
  echo "--- Node $version"
  "$node" --experimental-vm-modules --disable-warning=ExperimentalWarning \
    node_modules/jest/bin/jest.js "$@" || failed+=("$version")
done
[ ${#failed[@]} -eq 0 ] || echo "failed on Node ${failed[*]}" >&2
exit $((${#failed[@]} > 0))

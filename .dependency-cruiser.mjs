// The layers of lib/. A folder imports only from itself, the folders listed for it and the packages
// listed for it, from `types` no more than types (Node's own modules are free). A new folder has to
// be entered here first.
const CONTRACTS = ['util', 'core'];

const LAYERS = {
  util: { folders: [], packages: [] },
  core: { folders: ['util'], packages: [] },
  account: { folders: CONTRACTS, packages: [] },
  sharing: { folders: [...CONTRACTS, 'account'], packages: [] },
  lifecycle: { folders: [...CONTRACTS, 'account', 'sharing'], packages: [] },
  oauth2: { folders: CONTRACTS, packages: [] },
  providers: { folders: [...CONTRACTS, 'oauth2'], packages: [], types: ['axios'] },
  stores: { folders: CONTRACTS, packages: [] },
  testing: { folders: [...CONTRACTS, 'account', 'sharing', 'lifecycle', 'module'], packages: [] },
  http: {
    folders: [...CONTRACTS, 'account', 'sharing', 'lifecycle', 'oauth2'],
    packages: ['axios'],
  },
  module: {
    folders: [
      ...CONTRACTS,
      'account',
      'sharing',
      'lifecycle',
      'oauth2',
      'providers',
      'stores',
      'http',
    ],
    packages: ['@nestjs/common', '@nestjs/core', '@nestjs/axios', 'axios', 'rxjs'],
  },
  // Beside the layers: nothing imports these.
  board: {
    folders: [...CONTRACTS, 'lifecycle', 'module'],
    packages: ['@nestjs/common', '@nestjs/core', 'rxjs'],
  },
  terminus: {
    folders: [...CONTRACTS, 'lifecycle', 'module'],
    packages: ['@nestjs/common', '@nestjs/core', '@nestjs/terminus'],
  },
  opentelemetry: {
    folders: [...CONTRACTS, 'lifecycle', 'module'],
    packages: ['@nestjs/common', '@nestjs/core', '@opentelemetry/api'],
  },
};

const anyOf = (names) => `(${names.join('|')})`;

const pathsIn = (packages) => packages.map((name) => `(^|node_modules/)${name}(/|$)`);

const layerRules = Object.entries(LAYERS).flatMap(([folder, { folders, packages, types = [] }]) => [
  {
    name: `${folder}-imports-only-lower-layers`,
    from: { path: `^lib/${folder}/` },
    to: { path: '^lib/', pathNot: `^lib/${anyOf([folder, ...folders])}/` },
  },
  {
    name: `${folder}-imports-only-its-packages`,
    from: { path: `^lib/${folder}/` },
    to: { dependencyTypesNot: ['core'], pathNot: ['^lib/', ...pathsIn([...packages, ...types])] },
  },
  ...pathsIn(types).map((path) => ({
    name: `${folder}-takes-only-types-from-packages`,
    from: { path: `^lib/${folder}/` },
    to: { path, dependencyTypesNot: ['type-only'] },
  })),
]);

const strayFile = {
  path: '^lib/',
  pathNot: ['^lib/(index|define)\\.ts$', `^lib/${anyOf(Object.keys(LAYERS))}/`],
};

const generalRules = [
  { name: 'every-file-in-a-layer', from: strayFile, to: {} },
  { name: 'only-files-in-a-layer', from: {}, to: strayFile },
  {
    name: 'nothing-imports-the-entry',
    from: { path: '^lib/' },
    to: { path: '^lib/(index|define)\\.ts$' },
  },
  { name: 'no-barrels', from: { path: '^lib/' }, to: { path: '^lib/.+/index\\.ts$' } },
  { name: 'no-cycles', from: {}, to: { circular: true } },
  { name: 'no-unresolvable', from: {}, to: { couldNotResolve: true } },
  { name: 'only-lib', from: { path: '^lib/' }, to: { path: '^(test|sample|bench|scripts|dist)/' } },
  {
    name: 'only-peers',
    from: { path: '^lib/' },
    to: { path: 'node_modules/', dependencyTypesNot: ['npm-peer'] },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [...layerRules, ...generalRules].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    // Also counts imports of types only.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'module-sync', 'node', 'default', 'types'],
      extensions: ['.ts', '.js'],
    },
  },
};

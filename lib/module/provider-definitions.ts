import { OAuth2ClientError } from '../core/errors.js';
import { axiosProblem } from '../providers/checks/axios.js';
import { definitionProblems, type Problem } from '../providers/definition-problems.js';
import { didYouMean } from '../providers/did-you-mean.js';
import type { ProviderDefinition } from '../providers/provider-definition.js';
import { withoutPrototypes } from '../providers/without-prototypes.js';
import type { OAuth2ClientModuleOptions } from './module-options.js';

const MODULE = 'OAuth2ClientModule';
const MODULE_FIELDS = ['providers', 'axios', 'store', 'accountLabel', 'verifyOnStart'];

/** The definitions of a module by name, after everything in its options has been checked. */
export type ProviderDefinitions = ReadonlyMap<string, ProviderDefinition>;

/**
 * Checks the options of a module.
 *
 * @param names the names that were given to dependency injection
 * @throws {OAuth2ClientError} `CONFIGURATION_INVALID`: one error with all problems, and no value
 */
export function checkedDefinitions(
  options: OAuth2ClientModuleOptions,
  names: readonly string[],
): ProviderDefinitions {
  const problems = [...moduleProblems(options), ...nameProblems(options, names)];
  const definitions = providersOf(options);
  definitions.forEach((definition, i) => problems.push(...definitionProblems(definition, i)));
  if (options?.store !== undefined) problems.push(...sharingProblems(definitions));
  if (problems.length > 0) throw invalid(problems);
  return new Map(definitions.map(({ name }, i) => [name, withoutPrototypes(definitions[i]!)]));
}

/** The names of the definitions. Definitions without a name are left out here, and the check reports them. */
export function namesOf(options: OAuth2ClientModuleOptions | undefined): string[] {
  const names = providersOf(options).map((definition) => definition?.name as unknown);
  return [...new Set(names.filter((name) => typeof name === 'string'))];
}

function providersOf(options: OAuth2ClientModuleOptions | undefined): ProviderDefinition[] {
  return Array.isArray(options?.providers) ? (options.providers as ProviderDefinition[]) : [];
}

function moduleProblems(options: OAuth2ClientModuleOptions | undefined): Problem[] {
  const about = (field: string, problem: string) => ({ provider: MODULE, field, problem });
  if (typeof options !== 'object' || options === null) return [about('', 'must be an object')];
  const problems = Object.keys(options)
    .filter((field) => !MODULE_FIELDS.includes(field))
    .map((field) => about(field, `is no option${didYouMean(field, MODULE_FIELDS)}`));
  if (!Array.isArray(options.providers)) {
    problems.push(about('providers', 'must be a list of provider definitions'));
  }
  for (const header of new Set(['Authorization', ...headersOf(options)])) {
    const axios = options.axios === undefined ? undefined : axiosProblem(options.axios, header);
    if (axios) problems.push(about('axios', axios));
  }
  const { store, accountLabel, verifyOnStart } = options;
  if (![undefined, 'warn', 'fail'].includes(verifyOnStart)) {
    problems.push(about('verifyOnStart', "must be 'warn' or 'fail'"));
  }
  if (accountLabel !== undefined && typeof accountLabel !== 'function') {
    problems.push(about('accountLabel', 'must be a function that returns a string'));
  }
  if (store !== undefined && !isStore(store)) problems.push(about('store', 'must be a TokenStore'));
  return problems;
}

/** Options that would harm other instances that share the store. */
function sharingProblems(definitions: readonly ProviderDefinition[]): Problem[] {
  return definitions
    .filter((definition) => definition?.revokeOnShutdown === true)
    .map(({ name }) => ({
      provider: name,
      field: 'revokeOnShutdown',
      problem: 'would take the token from the other users of the `store`',
    }));
}

/** The headers that carry tokens in place of the standard one. */
function headersOf(options: OAuth2ClientModuleOptions): string[] {
  const headers = providersOf(options).map((definition) => definition?.use?.header as unknown);
  return headers.filter((header) => typeof header === 'string');
}

function isStore(store: object | null): boolean {
  return ['get', 'set', 'lock'].every(
    (method) => typeof (store as Record<string, unknown> | null)?.[method] === 'function',
  );
}

function nameProblems(options: OAuth2ClientModuleOptions, names: readonly string[]): Problem[] {
  const defined = providersOf(options).map((definition) => definition?.name as unknown);
  const about = (provider: unknown, problem: string) => ({
    provider: String(provider),
    field: 'name',
    problem,
  });
  return [
    ...defined
      .filter((name, i) => typeof name === 'string' && defined.indexOf(name) !== i)
      .map((name) => about(name, 'is used by more than one provider')),
    ...defined
      .filter((name) => typeof name === 'string' && !names.includes(name))
      .map((name) => about(name, 'is not among the names given to forRootAsync')),
    ...names
      .filter((name) => !defined.includes(name))
      .map((name) => about(name, 'is among the names given to forRootAsync, but not defined')),
  ];
}

function invalid(problems: readonly Problem[]): OAuth2ClientError {
  const lines = problems.map(
    ({ provider, field, problem }) => `\n  - ${provider}: ${field && `\`${field}\` `}${problem}`,
  );
  return new OAuth2ClientError({
    code: 'CONFIGURATION_INVALID',
    provider: [...new Set(problems.map(({ provider }) => provider))].join(', '),
    stage: 'configuration',
    reason: `The options are not valid:${lines.join('')}\n`,
    hint: 'Correct them where OAuth2ClientModule is imported.',
  });
}

import { bare } from '../util/memory.js';
import { CREDENTIALS } from '../oauth2/credentials.js';
import type { Options } from './checks/options.js';
import { partsOf } from './checks/protocol.js';
import { referenceProblem } from './checks/references.js';
import { didYouMean } from './did-you-mean.js';
import { isProviderName, MEMBERS } from './members/definition.js';
import type { Member, Members } from './members/member.js';
import { strayTextsIn } from './white-space.js';

/** What is wrong with one option: where, and what was expected. Never the value. */
export interface Problem {
  readonly provider: string;
  readonly field: string;
  readonly problem: string;
}

const UNSET = 'its value is undefined, like that of an environment variable that is not set';

/** Everything that is wrong with a definition. */
export function definitionProblems(definition: unknown, index: number): Problem[] {
  if (typeof definition !== 'object' || definition === null) {
    const problem = 'must be a provider definition';
    return [{ provider: `providers[${index}]`, field: '', problem }];
  }
  const options: Options = bare(definition as Options);
  const { name } = options;
  const provider = isProviderName(name) ? name : `providers[${index}]`;
  const required = requiredMembers(options);
  const problems = [...new Set([...required, ...Object.keys(options)])].map((field) => ({
    provider,
    field,
    problem: fieldProblem(field, options, required.includes(field)),
  }));
  return problems.filter((found): found is Problem => found.problem !== undefined);
}

function fieldProblem(field: string, options: Options, required: boolean): string | undefined {
  const member = Object.hasOwn(MEMBERS, field) ? (MEMBERS as Members)[field] : undefined;
  if (!member) {
    return `is not a member of a definition${didYouMean(field, Object.keys(MEMBERS))}`;
  }
  const value = options[field];
  if (value === undefined) {
    if (!required) return undefined;
    return field in options ? `is missing: ${UNSET}` : 'is missing';
  }
  if (options['enabled'] === false && isCredentialName(field)) return undefined;
  if (options['grantType'] === 'self_signed_jwt' && member.ofTokenRequest) {
    return 'has no effect on a token that is signed here, without a token request';
  }
  return (
    member.check(value, options, options) ??
    (member.functions && referenceProblem(field, value, member.functions, options)) ??
    strayEndProblem(field, value, member)
  );
}

/** A line break at the end of a file can become a part of a secret, where nobody sees it. */
function strayEndProblem(field: string, value: unknown, member: Member): string | undefined {
  const found = strayTextsIn(value, field, member).find(({ end }) => end === 'break');
  if (!found) return undefined;
  const path = found.path === field ? '' : `has \`${found.path.slice(field.length + 1)}\`, which `;
  return `${path}begins or ends with a line break or tab, which \`echo\` adds to a file; trim the text where it is read, or write the file with \`printf\``;
}

/** What a definition needs, depending on grant, client authentication and API. */
function requiredMembers(options: Options): string[] {
  const { grantType, baseURLFrom, enabled } = options;
  return [
    'name',
    ...(grantType === 'self_signed_jwt' ? [] : ['tokenEndpoint']),
    ...(baseURLFrom === undefined ? ['baseURL'] : []),
    ...(enabled === false ? [] : partsOf(options).flatMap(({ needs }) => needs)),
  ];
}

function isCredentialName(field: string): boolean {
  return (CREDENTIALS as readonly string[]).includes(field);
}

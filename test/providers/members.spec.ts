import { readFileSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { defineProvider } from '../../lib/index.js';
import { identityOf } from '../../lib/providers/account-identity.js';
import { definitionProblems } from '../../lib/providers/definition-problems.js';
import { JWT } from '../../lib/providers/members/credentials.js';
import { MEMBERS } from '../../lib/providers/members/definition.js';
import type { Member, Members } from '../../lib/providers/members/member.js';
import {
  QUOTA,
  REFRESH,
  REQUEST,
  RESPONSE,
  REVOCATION,
  STEP,
} from '../../lib/providers/members/requests.js';
import { USE } from '../../lib/providers/members/use.js';
import { valid } from '../support/valid-definition.js';

const PAGE = 'docs/providers.md';
const [BEGIN, END] = ['<!-- members:begin -->', '<!-- members:end -->'];

/** The tables in the order of the page. What a table has in common with another one is left out. */
const TABLES: readonly (readonly [title: string, members: Members])[] = [
  ['A definition', MEMBERS],
  ['A step in `before` or `after`, beside the members of any request', without(STEP, REQUEST)],
  ['`refresh`, beside the members of any request', without(REFRESH, REQUEST)],
  ['`revocation`, beside the members of any request', without(REVOCATION, REQUEST)],
  ['`response`', RESPONSE],
  ['`clientAssertion` and `assertion`', JWT],
  ['`use`', USE],
  ['`quota`', QUOTA],
];

function without(members: Members, others: Members): Members {
  return Object.fromEntries(
    Object.entries(members).filter(([name]) => !Object.hasOwn(others, name)),
  );
}

function block(): string {
  const any = `Any request takes ${Object.keys(REQUEST).map(code).join(', ')}.`;
  const lists = TABLES.map(([title, members]) => {
    const rows = Object.entries(members).map(([name, member]) => row(name, member));
    return `**${title}**\n\n${rows.join('\n')}`;
  });
  return `${BEGIN}\n\n${[...lists.slice(0, 1), any, ...lists.slice(1)].join('\n\n')}\n\n${END}`;
}

function row(name: string, { doc, required }: Member): string {
  return wrapped(`- ${code(name)}: ${doc}${required ? ' Required.' : ''}`);
}

const code = (name: string) => `\`${name}\``;

/** Lines of at most 100 characters, the later ones indented as a list has it. */
function wrapped(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    const next = line === '' ? word : `${line} ${word}`;
    if (next.length <= 100) lines[lines.length - 1] = next;
    else lines.push(`  ${word}`);
  }
  return lines.join('\n');
}

it(`the list of members in ${PAGE} has the text of the member tables (UPDATE_DOCS=1 writes it)`, () => {
  const page = readFileSync(PAGE, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END) + END.length];
  expect(begin).toBeGreaterThan(0);
  if (process.env['UPDATE_DOCS']) {
    writeFileSync(PAGE, page.slice(0, begin) + block() + page.slice(end));
  } else {
    expect(page.slice(begin, end)).toBe(block());
  }
});

/** Texts by the path of each row that may hold one, in a definition that has all of them. */
function filled(members: Members, path: string, texts: Map<string, string>): object {
  const entries = Object.entries<Member>(members).map(([name, member]) => {
    const at = `${path}${name}`;
    const secret = `secret-of-${at}`;
    if (member.members) return [name, filled(member.members, `${at}.`, texts)];
    if (member.each) return [name, { one: filled(member.each, `${at}.one.`, texts) }];
    if (member.secret) texts.set(at, secret);
    return [name, member.secret === 'strings' ? secret : { inner: secret }];
  });
  return Object.fromEntries(entries) as object;
}

describe('the table of members', () => {
  it('the member tables decide which values of a definition are printed', () => {
    const secrets = new Map<string, string>();
    const definition = defineProvider(filled(MEMBERS, '', secrets) as never);
    const printed = `${inspect(definition, { depth: 9 })}${JSON.stringify(definition)}`;
    expect(secrets.size).toBeGreaterThan(20);
    for (const secret of secrets.values()) expect(printed).not.toContain(`${secret}'`);
    expect(printed).toContain('secret-of-tokenEndpoint');
  });

  it('the member tables decide which members are part of the account key', () => {
    const endpoint = { ...valid, tokenEndpoint: 'https://a.example/t', method: 'PUT' as const };
    expect(identityOf(endpoint)).toEqual([['tokenEndpoint', 'https://a.example/t']]);
    expect(identityOf({ ...endpoint, headers: { 'X-Tenant': 't', 'User-Agent': 'a' } })).toEqual([
      ['tokenEndpoint', 'https://a.example/t'],
      ['headers', { 'X-Tenant': 't' }],
    ]);
  });

  it('the member tables have the names from which a misspelled member gets its suggestion', () => {
    for (const name of Object.keys(MEMBERS).filter((member) => member.length > 5)) {
      const misspelled = `${name}x`;
      expect(definitionProblems({ ...valid, [misspelled]: 1 }, 0)).toEqual([
        {
          provider: 'acme',
          field: misspelled,
          problem: `is not a member of a definition: did you mean \`${name}\`?`,
        },
      ]);
    }
  });
});

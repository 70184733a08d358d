import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { OAuth2ClientError, url } from '../../lib/index.js';

/** Everything by which a value could lead elsewhere, and what is harmless. */
const values = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[a-z]{1,12}$/), // harmless, and often enough to be counted on
  fc
    .array(
      fc.constantFrom(
        ...'/ \\ @ : ? # % . .. %2e %2f & = ; eu a b-c 443 [ ] xn-- * \t \n é'.split(' '),
      ),
      {
        maxLength: 5,
      },
    )
    .map((parts) => parts.join('')),
);

/** What comes of a template, or nothing if a value was refused by the error that says so. */
function made(template: () => string): URL | undefined {
  try {
    const text = template();
    return URL.canParse(text) ? new URL(text) : undefined; // the check at start refuses the rest
  } catch (error) {
    expect(error).toBeInstanceOf(OAuth2ClientError);
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID' });
    return undefined;
  }
}

describe('a URL with variables', () => {
  it('the variables of a URL never lead to another domain', () => {
    let accepted = 0;
    fc.assert(
      fc.property(values, (tenant) => {
        const there = made(() => url`https://${tenant}.auth.acme.example/oauth/token?v=1`);
        if (!there) return;
        accepted++;
        expect(there.hostname.endsWith('.auth.acme.example')).toBe(true);
        expect([there.protocol, there.username, there.password]).toEqual(['https:', '', '']);
        expect([there.pathname, there.search, there.hash]).toEqual(['/oauth/token', '?v=1', '']);
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it('each variable of a URL is one segment or one value', () => {
    let accepted = 0;
    fc.assert(
      fc.property(values, values, (tenant, region) => {
        const there = made(() => url`https://acme.example/t/${tenant}/token?region=${region}&v=1`);
        if (!there) return;
        accepted++;
        expect(there.host).toBe('acme.example');
        const [, t, segment, token, ...more] = there.pathname.split('/');
        expect([t, decodeURIComponent(segment!), token, more]).toEqual(['t', tenant, 'token', []]);
        expect([...there.searchParams]).toEqual([
          ['region', region],
          ['v', '1'],
        ]);
        expect(there.hash).toBe('');
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(1_000);
  });

  it('a variable at the end of a host never leads to another domain', () => {
    let accepted = 0;
    fc.assert(
      fc.property(values, (name) => {
        const there = made(() => url`https://auth-${name}/token`);
        if (!there) return;
        accepted++;
        expect(there.hostname).not.toContain('.');
        expect([there.port, there.pathname]).toEqual(['', '/token']);
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  it.each(['evil.example', 'evil.example:443', '1.2', 'a:1'])(
    'a variable %j that would choose the domain is refused',
    (value) => {
      expect(() => url`https://auth.${value}/token`).toThrow('must be one label of a host name');
      expect(() => url`https://auth.${value}`).toThrow('one label');
      expect(() => url`https://auth.${value}:8443/`).toThrow('one label');
      expect(() => url`https://auth.${value}?x=1`).toThrow('one label');
    },
  );

  it('a variable that would choose the domain is refused in any spelling', () => {
    for (const template of [
      () => url`
        https://api.example.${'evil.com'}/`,
      () => url`https://api.example.${'evil.com'}\t/`,
      () => url`https://api.example.${'evil.com'}\\y`,
      () => url`https:///api.${'evil.com'}`,
      () => url`https:${'evil.com'}`,
      () => url`https://api.example.com${'munity'}/y`,
      () => url`https://api.example-${'x'}/y`,
    ]) {
      expect(template).toThrow(OAuth2ClientError);
    }
  });

  it.each([
    [() => url`http://localhost:${'8080'}/t`, 'http://localhost:8080/t'],
    [() => url`https://auth.acme.${'example'}/t`, 'https://auth.acme.example/t'],
    [() => url`https://${'acme.example'}:${'8443'}/t`, 'https://acme.example:8443/t'],
    [() => url`https://login.${'eu-1'}.acme.example/t`, 'https://login.eu-1.acme.example/t'],
    [() => url`https://${'a.b'}.acme.example`, 'https://a.b.acme.example'],
    [() => url`https://${'acme.example'}/t`, 'https://acme.example/t'],
    [() => url`http://${'127.0.0.1:8080'}/t`, 'http://127.0.0.1:8080/t'],
    [() => url`https://acme.example/${'a/b'}`, 'https://acme.example/a%2Fb'],
    [() => url`https://acme.example/${'.well-known'}`, 'https://acme.example/.well-known'],
  ])('a variable may be a part of a host name or a segment', (template, expected) => {
    expect(template()).toBe(expected);
  });

  it.each([
    ['', 'a part of a host name'],
    ['evil.example/', 'a part of a host name'],
    ['u@evil.example', 'a part of a host name'],
    ['a..b', 'a part of a host name'],
    ['-', 'a part of a host name'],
    ['a.', 'a part of a host name'],
    [undefined, 'a part of a host name'],
    [5, 'a part of a host name'],
  ])('a variable %j in a host name is refused', (value, expected) => {
    expect(() => url`https://${value as string}.acme.example/`).toThrow(expected);
  });

  it.each([[''], ['.'], ['..'], ['...'], [undefined], [null], [7]])(
    'a variable %j in a path is refused',
    (value) => {
      const template = () => url`https://acme.example/${value as string}/t`;
      expect(template).toThrow(
        'The variable after "https://acme.example/" must be a non-empty string',
      );
      expect(() => url`https://acme.example/t?x=${value as string}`).toThrow('after "https://acme');
    },
  );

  it('the error names the position of a variable and not its value', () => {
    expect(() => url`https://${'u:pa55word@x'}.acme.example/`).not.toThrow('pa55word');
    expect(() => url`https://${'u:pa55word@x'}.acme.example/`).toThrow('after "https://"');
  });

  it('a lone surrogate in a variable is refused', () => {
    expect(() => url`https://x.example/${'\ud800'}`).toThrow(OAuth2ClientError);
  });

  it.each(['a:1', 'evil.example:443', 'a.'])(
    'a variable %j before a domain is refused',
    (value) => {
      expect(made(() => url`https://${value}.x.example/t`)).toBeUndefined();
    },
  );
});

import { describe, expect, it } from '@jest/globals';

import { unknownProvider } from '../../lib/core/unknown-provider.js';

describe('the error for an unknown provider', () => {
  it('an unknown name is an error with the known names', () => {
    const error = unknownProvider('acne', ['acme', 'zeepay'], 'api request');
    expect(error).toMatchObject({
      code: 'PROVIDER_UNKNOWN',
      provider: 'acne',
      stage: 'api request',
    });
    expect(error.message).toBe('[acne] No provider has this name. Known providers: acme, zeepay.');
  });

  it.each([undefined, null, 5, Symbol('acme'), {}])('%p is not a name', (name) => {
    const error = unknownProvider(name, [], 'configuration');
    expect(error).toMatchObject({ provider: 'OAuth2ClientModule', stage: 'configuration' });
    expect(error.message).toBe(
      '[OAuth2ClientModule] The name of a provider is missing. Known providers: none.',
    );
  });

  it('an empty text is not a name', () => {
    const error = unknownProvider('', ['acme'], 'api request');
    expect(error.reason).toBe('The name of a provider is missing.');
  });

  it('the error shows at most 64 characters of a name, on one line', () => {
    const { provider } = unknownProvider(`a\nb${'c'.repeat(500)}`, [], 'api request');
    expect(provider).toMatch(/^a bc+…$/);
    expect(provider).toHaveLength(64);
  });
});

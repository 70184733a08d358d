import { printable } from '../util/redaction.js';
import { OAuth2ClientError, type OAuth2ErrorStage } from './errors.js';

/** The error for a name that no provider has. It lists the known names. */
export function unknownProvider(
  name: unknown,
  known: readonly string[],
  stage: OAuth2ErrorStage,
): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'PROVIDER_UNKNOWN',
    provider: typeof name === 'string' ? printable(name, [], 64) : 'OAuth2ClientModule',
    stage,
    reason:
      typeof name === 'string' && name !== ''
        ? 'No provider has this name.'
        : 'The name of a provider is missing.',
    hint: `Known providers: ${known.join(', ') || 'none'}.`,
  });
}

import { printable } from './redaction.js';
import { OAuth2ClientError, type OAuth2ErrorStage } from './errors.js';

/** The error for a name that no provider has, with the names that there are. */
export function unknownProvider(
  name: string,
  known: readonly string[],
  stage: OAuth2ErrorStage,
): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'PROVIDER_UNKNOWN',
    provider: printable(name, [], 64),
    stage,
    reason: 'There is no such provider.',
    hint: `Known providers: ${known.join(', ') || 'none'}.`,
  });
}

import type { ResponseDefinition } from './answer-definition.js';
import type { VendorResponse } from './answer.js';
import { failureIn } from './definition-functions.js';
import { tellingCode } from './failure-meaning.js';
import { allFrom, readFrom, readMember } from './reader.js';

/** What the vendor says of its refusal. A reader that fails must not hide the status, and is noted. */
export function vendorsWords(
  answer: VendorResponse,
  places: ResponseDefinition,
  answerPath: string,
): { readonly code: unknown; readonly message: unknown; readonly notes: string } {
  const notes: string[] = [];
  const read = <T>(reading: () => T): T | undefined => {
    try {
      return reading();
    } catch (error) {
      const { member, what } = failureIn(answerPath, error);
      notes.push(` \`${member}\` of the definition ${what}.`);
      return undefined;
    }
  };
  const { error = 'error', errorDescription = DESCRIPTIONS } = places;
  const codes = read(() => allFrom(answer, error, `${answerPath}.error`)) ?? [];
  const message = read(() =>
    readMember(answer, errorDescription, `${answerPath}.errorDescription`),
  );
  return { code: tellingCode(codes, places), message, notes: notes.join('') };
}

const DESCRIPTIONS = ['error_description', 'message', 'msg', 'errmsg'];

/** Tokens in a refusal. A reader of tokens may fail where there are none. */
export function tokensIn(answer: VendorResponse, places: ResponseDefinition): string[] {
  const { accessToken = 'access_token', refreshToken = 'refresh_token' } = places;
  return [accessToken, refreshToken].flatMap((place) => {
    try {
      const token = readFrom(answer, place);
      return typeof token === 'string' ? [token] : [];
    } catch {
      return [];
    }
  });
}

import type { ErrorMeaning } from './answer-definition.js';
import type { VendorResponse } from './answer.js';
import type { ClientAuthenticationMethod } from './client-authentication.js';
import type { GrantType } from './grants.js';
import type { Encoding } from './request-definition.js';

/** What was asked, by the members of the definition that say so. Holds no secret. */
export interface Asked {
  /** Where the request stands in the definition, such as `refresh`; `''` for the login. */
  readonly path: string;
  /** The member that has its URL. */
  readonly urlMember: string;
  /** The member that says how its response is read. */
  readonly answerMember: string;
  /** Without query and user information, secrets masked; the path of a computed one only as far as it is words. */
  readonly url: string;
  readonly grantType: GrantType | undefined;
  readonly clientAuthentication: ClientAuthenticationMethod | undefined;
  readonly encoding: Encoding;
  /** Names of the parameters that were sent. */
  readonly sent: readonly string[];
  /** Printable, as calls may name it. */
  readonly scope: string | undefined;
  /** Printable, too; `''` if there is none. */
  readonly resource: string;
  /** Whether the definition signs the request itself. */
  readonly isSigned: boolean;
}

/** A refusal, as far as it explains itself. */
export interface Told {
  readonly answer: VendorResponse;
  readonly meaning: ErrorMeaning;
  /** The error code as the vendor sent it. */
  readonly code: unknown;
  /** Seconds that the clock of the vendor is ahead, if that is notable. */
  readonly skew: number;
}

/** The members that say how a request is made, to be compared with the page of the vendor. */
export function membersSaid(asked: Asked): string {
  const { path, grantType, clientAuthentication, encoding } = asked;
  if (grantType === undefined) return `\`${path}\``;
  const said = { grantType, clientAuthentication, encoding };
  const members = Object.entries(said).filter(([, value]) => value !== undefined);
  return members.map(([name, value]) => member(name, value)).join(', ');
}

/** A member of a definition with its value, as a definition writes it. */
export function member(name: string, value: string | undefined): string {
  return value === undefined ? `\`${name}\`` : `\`${name}: '${value}'\``;
}

const DATED = ['client_secret_jwt', 'private_key_jwt'];

/** Whether a server can tell from the request when it was made. */
export function isDated({ clientAuthentication, grantType, isSigned }: Asked): boolean {
  return (
    isSigned ||
    DATED.includes(clientAuthentication!) ||
    grantType === 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  );
}

import type { ClientAuthenticationMethod } from './client-authentication.js';
import type { GrantType } from './grants.js';
import type { Encoding } from './request-definition.js';

/** A request for error messages: the members of the definition that describe it. Holds no secret. */
export interface RequestSummary {
  /** The path of the request in the definition, such as `refresh`; `''` for the login. */
  readonly path: string;
  /** The member that has its URL. */
  readonly urlMember: string;
  /** The member that maps its response. */
  readonly responseMember: string;
  /** Without query and user information, with secrets masked. Of a computed URL, only the words in its path are shown. */
  readonly url: string;
  readonly grantType: GrantType | undefined;
  readonly clientAuthentication: ClientAuthenticationMethod | undefined;
  readonly encoding: Encoding;
  /** The names of the parameters that were sent. */
  readonly sent: readonly string[];
  /** Printable, because a call may name it. */
  readonly scope: string | undefined;
  /** Printable; `''` if there is none. */
  readonly resource: string;
  /** Whether the definition has a function that signs the request. */
  readonly isSigned: boolean;
}

/** The members to compare with the vendor's page. */
export function membersOfRequest(request: RequestSummary): string {
  const { path, grantType, clientAuthentication, encoding } = request;
  if (grantType === undefined) return `\`${path}\``;
  const stated = { grantType, clientAuthentication, encoding };
  const members = Object.entries(stated).filter(([, value]) => value !== undefined);
  return members.map(([name, value]) => member(name, value)).join(', ');
}

/** A member of a definition with its value, as a definition has it. */
export function member(name: string, value: string | undefined): string {
  return value === undefined ? `\`${name}\`` : `\`${name}: '${value}'\``;
}

const DATED: readonly unknown[] = [
  'client_secret_jwt',
  'private_key_jwt',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
];

/** Whether the server can see in the request when it was made. */
export function isDated({ clientAuthentication, grantType, isSigned }: RequestSummary): boolean {
  return isSigned || DATED.includes(clientAuthentication) || DATED.includes(grantType);
}

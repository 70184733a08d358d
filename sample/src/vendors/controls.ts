import type { VendorServer } from './vendor-server.js';

/** What can be done to an embedded server, to be printed. */
export function controls(name: string, server: VendorServer): string {
  return `
${name}, embedded at ${server.url}
  curl -X POST ${server.url}/_control/revoke              revoke its access tokens
  curl -X POST '${server.url}/_control/revoke?refresh=1'  and its refresh tokens
  curl -X POST ${server.url}/_control/down                take its token endpoint down
  curl -X POST ${server.url}/_control/up                  bring it up again
  curl ${server.url}/_control/stats                       count logins, renewals, API calls`;
}

import { createHash, createPublicKey } from 'node:crypto';

import { PRIVATE_KEY, USER } from '../declarations/snowflake.js';
import { jwt } from './jwt.js';
import { selfSigning } from './self-signing.js';
import { UUID } from './support.js';

const PUBLIC_KEY = createPublicKey(PRIVATE_KEY);

/** As `DESC USER` shows it: of the public key in DER. */
const FINGERPRINT = createHash('sha256')
  .update(PUBLIC_KEY.export({ type: 'spki', format: 'der' }))
  .digest('base64');

export const simulate = (_server: string, now: () => number) =>
  selfSigning({
    lifetime: 3_600,
    secrets: [PRIVATE_KEY],
    probe: '/api/v2/statements/1',
    headers: { 'x-snowflake-authorization-token-type': 'KEYPAIR_JWT' },
    accepts: jwt({
      key: PUBLIC_KEY,
      algorithm: 'RS256',
      claims: { iss: `${USER}.SHA256:${FINGERPRINT}`, sub: USER, jti: UUID },
      now,
    }),
  });

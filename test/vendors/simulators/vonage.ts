import { createPublicKey } from 'node:crypto';

import { APPLICATION_ID, PRIVATE_KEY } from '../declarations/vonage.js';
import { jwt } from './jwt.js';
import { selfSigning } from './self-signing.js';
import { UUID } from './support.js';

export const simulate = (_server: string, now: () => number) =>
  selfSigning({
    lifetime: 3_600,
    secrets: [PRIVATE_KEY],
    probe: '/v1/calls',
    accepts: jwt({
      key: createPublicKey(PRIVATE_KEY),
      algorithm: 'RS256',
      claims: { application_id: APPLICATION_ID, jti: UUID },
      now,
    }),
  });

import type { VendorServer } from '../vendors/vendor-server.js';

/** What can be done to an embedded vendor: the label of its button, what happens then, and how. */
export const FAULTS: Readonly<
  Record<string, { label: string; effect: string; apply: (vendor: VendorServer) => void }>
> = {
  revoke: {
    label: 'Revoke',
    effect: 'The API rejects the token. It is renewed once, and the call is repeated.',
    apply: (vendor) => vendor.revoke(),
  },
  outage: {
    label: 'Outage',
    effect: 'The vendor restarts: its tokens are gone, and its token endpoint answers 503.',
    apply: (vendor) => {
      vendor.down();
      vendor.revoke();
    },
  },
  unavailable: {
    label: 'Token endpoint down',
    effect: 'The old token serves until it expires. Then calls fail.',
    apply: (vendor) => vendor.down(),
  },
  slow: {
    label: 'Slow',
    effect: 'The token endpoint takes 8 s, and the token is revoked: calls wait.',
    apply: (vendor) => {
      vendor.slow();
      vendor.revoke();
    },
  },
  password: {
    label: 'Wrong password',
    effect: 'Somebody changes the password, and all sessions end. The login is refused.',
    apply: (vendor) => {
      vendor.changePassword();
      vendor.revoke({ refreshTokens: true });
    },
  },
};

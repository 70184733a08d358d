import { authRefresh } from './axios-auth-refresh.mjs';

export default authRefresh(
  'axios-auth-refresh, deduplicateRefresh: false',
  { deduplicateRefresh: false },
  'renews on a 401 only; not the default, which loses requests that fail together',
);

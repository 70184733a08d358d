import type { RequestOAuth2Options } from './request-config.js';

declare module 'axios' {
  interface AxiosRequestConfig {
    /**
     * Whose token this request carries, of which account and with which scope; `false`: nobody's.
     * Added by nestjs-oauth2-client.
     */
    oauth2?: RequestOAuth2Options | false | undefined;
  }
}

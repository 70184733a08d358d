import type { RequestOAuth2Options } from './request-config.js';

declare module 'axios' {
  interface AxiosRequestConfig {
    /**
     * Provider, account and scope of the token that this request carries; `false` sends it without a token.
     * Added by nestjs-oauth2-client.
     */
    oauth2?: RequestOAuth2Options | false | undefined;
  }
}

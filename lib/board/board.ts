// The entry point `nestjs-oauth2-client/board`: a page with the state of all providers.
export { OAuth2BoardModule, type OAuth2BoardOptions } from './oauth2-board.module.js';

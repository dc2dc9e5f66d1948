import { BrokerError } from '../model/broker-error.js';
import { AdministrationError } from './administration-error.js';

/**
 * Verifies a request's token, the value of its header `Authorization`; the token is empty if there is none.
 * Throws BrokerError if the token does not grant the right to manage the resource at this URL.
 */
export type AuthorizeRequest = (token: string, url: string) => void;

/** @throws AdministrationError 401 */
export function assertAuthorized(token: string | undefined, url: string, authorize: AuthorizeRequest): void {
  try {
    authorize(token ?? '', url);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    const message =
      token === undefined ? 'MissingToken: the request has no Authorization header.' : error.message;
    throw new AdministrationError(401, message);
  }
}

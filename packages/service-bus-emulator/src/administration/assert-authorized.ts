import { BrokerError } from '../model/broker-error.js';
import { AdministrationError } from './administration-error.js';

/**
 * Verifies the token of a request, the value of its header `Authorization`; empty if it has none.
 * Throws a BrokerError if the token does not give the right to manage what is at this URL.
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

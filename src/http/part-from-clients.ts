import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';

/**
 * During a shutdown each response closes its connection: clients reconnect elsewhere, and none has a request in
 * flight when the server closes the connections.
 */
export function partFromClients(isDraining: () => boolean): RequestHandler {
  return (_request: Request, response: Response, next: NextFunction) => {
    if (isDraining()) response.setHeader('Connection', 'close');
    next();
  };
}

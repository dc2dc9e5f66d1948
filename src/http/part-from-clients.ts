import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';

/**
 * While a shutdown is on its way, each answer ends its connection: clients come back elsewhere, and none has a request
 * on its way when the connections are closed.
 */
export function partFromClients(isDraining: () => boolean): RequestHandler {
  return (_request: Request, response: Response, next: NextFunction) => {
    if (isDraining()) response.setHeader('Connection', 'close');
    next();
  };
}

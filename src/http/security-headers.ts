import { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import helmet, { type HelmetOptions } from 'helmet';

import { isDocumentation } from './paths.js';

const NOTHING = { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] };

/** Browsers apply it to https only. It leaves out subdomains, which are not ours. */
const strictTransportSecurity = { maxAge: 365 * 24 * 60 * 60, includeSubDomains: false };

const FOR_ANSWERS: HelmetOptions = {
  contentSecurityPolicy: { useDefaults: false, directives: NOTHING },
  strictTransportSecurity,
  xFrameOptions: { action: 'deny' },
};

/** The page loads its own scripts and sends requests to this service; its styles and icons are inline. */
const FOR_DOCUMENTATION: HelmetOptions = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      ...NOTHING,
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
    },
  },
  strictTransportSecurity,
  xFrameOptions: { action: 'deny' },
};

/** Sets the security headers of every response. */
export function securityHeaders(): RequestHandler {
  const forAnswers = helmet(FOR_ANSWERS);
  const forDocumentation = helmet(FOR_DOCUMENTATION);
  return (request: Request, response: Response, next: NextFunction) => {
    const set = isDocumentation(request.path) ? forDocumentation : forAnswers;
    set(request, response, next);
  };
}

import { type OpenAPIObject } from '@nestjs/swagger';

import { type Authentication } from './authentication/authentication-options.js';
import { describeError } from './describe-error.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type ExtendedOperation = Operation & { [ROLE_EXTENSION]?: unknown; [DETAILS_EXTENSION]?: unknown };
type SecurityRequirement = NonNullable<Operation['security']>[number];

/** The OpenAPI extension that names the role an operation requires. */
export const ROLE_EXTENSION = 'x-required-role';
/** The OpenAPI extension that names the role for which an open operation returns more. */
export const DETAILS_EXTENSION = 'x-role-for-details';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Adds to an OpenAPI document how callers authenticate, and which operations require it. */
export function describeSecurity(document: OpenAPIObject, authentication: Authentication): void {
  if (authentication.kind === 'none') return;
  const schemes = schemesOf(authentication);
  document.components = { ...document.components, securitySchemes: schemes };
  const security = Object.keys(schemes).map((name) => ({ [name]: [] }));
  const operations = Object.values(document.paths).flatMap((path) => METHODS.map((method) => path[method]));
  for (const operation of operations) if (operation) secure(operation, security);
}

function secure(operation: ExtendedOperation, security: SecurityRequirement[]): void {
  const role = operation[ROLE_EXTENSION];
  // The empty requirement allows requests without credentials.
  if (operation[DETAILS_EXTENSION] !== undefined) operation.security = [{}, ...security];
  if (typeof role !== 'string') return;
  operation.security = security;
  Object.assign(operation.responses, {
    401: describeError(
      401,
      'No credentials, or none that are valid.',
      'credentials are required: X-Api-Key: …, or Authorization: Bearer …',
    ),
    403: describeError(
      403,
      `The caller does not have the role \`${role}\`.`,
      `this takes the role "${role}", which shop does not have`,
    ),
  });
}

type Schemes = NonNullable<NonNullable<OpenAPIObject['components']>['securitySchemes']>;

function schemesOf({ apiKeys, tokens }: Extract<Authentication, { kind: 'required' }>): Schemes {
  return {
    ...(apiKeys && { 'api-key': { type: 'apiKey', in: 'header', name: 'X-Api-Key' } }),
    ...(tokens && {
      token: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: `An access token of ${tokens.issuer} for ${tokens.audiences.join(' or ')}.`,
      },
    }),
  };
}

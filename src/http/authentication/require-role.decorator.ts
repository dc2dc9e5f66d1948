import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';

import { type Role } from './role.js';
import { RoleGuard } from './role.guard.js';

const REQUIRED_ROLE = 'http:required-role';

/**
 * Keeps a route (or all of a controller) to callers with a role: others get 401 or 403. A route without it is for
 * every caller who is known. The guard stands at the route and not in front of the whole application, where it
 * would be asked about each message as well.
 */
export function RequireRole(role: Role): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(REQUIRED_ROLE, role), UseGuards(new RoleGuard(role)));
}

/** The role that a route takes, of all decorators on the method or on its class. */
export function requiredRole(controller: object, method: (...args: never[]) => unknown): Role | undefined {
  const read = (target: object): unknown => Reflect.getMetadata(REQUIRED_ROLE, target);
  return (read(method) ?? read(controller)) as Role | undefined;
}

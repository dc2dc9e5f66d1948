import { applyDecorators, SetMetadata, UseGuards } from '@nestjs/common';

import { type Role } from './role.js';
import { RoleGuard } from './role.guard.js';

const REQUIRED_ROLE = 'http:required-role';

/**
 * Restricts a route, or all of a controller, to callers with a role: others get 401 or 403. A route without it is
 * for every known caller. The guard is on the route, because a global one would run for each message as well.
 */
export function RequireRole(role: Role): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(REQUIRED_ROLE, role), UseGuards(new RoleGuard(role)));
}

/** Returns the role that a route requires, from its method or its class. */
export function requiredRole(controller: object, method: (...args: never[]) => unknown): Role | undefined {
  const read = (target: object): unknown => Reflect.getMetadata(REQUIRED_ROLE, target);
  return (read(method) ?? read(controller)) as Role | undefined;
}

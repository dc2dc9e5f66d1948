import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

import { requiredRole } from './authentication/require-role.decorator.js';
import { type Role } from './authentication/role.js';
import { DETAILS_EXTENSION, ROLE_EXTENSION } from './describe-security.js';

/** Adds decorators of the OpenAPI library to a method of a controller, and the role that it takes. */
export function describeRoute(
  controller: Type,
  method: string,
  ...decorators: readonly MethodDecorator[]
): void {
  const prototype = controller.prototype as object;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, method);
  if (!descriptor) return;
  const role = requiredRole(controller, descriptor.value as () => unknown);
  const all = role === undefined ? decorators : [...decorators, ApiExtension(ROLE_EXTENSION, role)];
  applyDecorators(...all)(prototype, method, descriptor);
}

/** Says that a route which is open to everybody shows more to callers with a role. */
export function describeDetails(role: Role): MethodDecorator {
  return ApiExtension(DETAILS_EXTENSION, role);
}

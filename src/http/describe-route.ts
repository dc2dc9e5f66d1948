import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

import { requiredRole } from './authentication/require-role.decorator.js';
import { type Role } from './authentication/role.js';
import { DETAILS_EXTENSION, ROLE_EXTENSION } from './describe-security.js';

/** Applies OpenAPI decorators to a method of a controller, and documents the role that it requires. */
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

/** Documents that an open route returns more to callers with a role. */
export function describeDetails(role: Role): MethodDecorator {
  return ApiExtension(DETAILS_EXTENSION, role);
}

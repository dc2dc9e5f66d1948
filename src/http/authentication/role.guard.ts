import {
  type CanActivate,
  type ExecutionContext,
  ForbiddenException,
  UnauthorizedException,
} from '@nestjs/common';
import { type Request, type Response } from 'express';

import { callerOf } from './caller.js';
import { type Role } from './role.js';

/** Admits callers that have a role; an earlier step has identified them. */
export class RoleGuard implements CanActivate {
  constructor(private readonly role: Role) {}

  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const caller = callerOf(http.getRequest<Request>());
    if (!caller) throw new UnauthorizedException();
    if (caller.roles.includes(this.role)) return true;
    // [RFC 6750, 3.1]
    const challenge = `Bearer realm="service-bus", error="insufficient_scope", scope="${this.role}"`;
    http.getResponse<Response>().setHeader('WWW-Authenticate', challenge);
    throw new ForbiddenException(`this takes the role "${this.role}", which ${caller.name} does not have`);
  }
}

import { type Role, ROLES } from './role.js';

/** The sender of a request. */
export interface Caller {
  /** Identifies the caller in limits and logs, among those of its kind; never a secret. */
  readonly name: string;
  /** What it was identified by; `none` for a caller without credentials. */
  readonly kind: 'api-key' | 'token' | 'none';
  readonly roles: readonly Role[];
}

/** Everybody, when the service requires no credentials. */
export const ANYBODY: Caller = { name: 'anybody', kind: 'none', roles: ROLES };

const callers = new WeakMap<object, Caller>();

/** Stores the caller of a request. */
export function setCaller(request: object, caller: Caller): void {
  callers.set(request, caller);
}

/** Returns the caller of a request; undefined before it is identified. */
export function callerOf(request: object): Caller | undefined {
  return callers.get(request);
}

/** Returns whether the caller of a request has a role. */
export function hasRole(request: object, role: Role): boolean {
  return callerOf(request)?.roles.includes(role) ?? false;
}

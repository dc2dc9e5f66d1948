import { type Role, ROLES } from './role.js';

/** Who sends a request. */
export interface Caller {
  /** Tells callers apart, in limits and in logs; never a secret. */
  readonly name: string;
  /** False for anybody, who has shown no credentials. */
  readonly isKnown: boolean;
  readonly roles: readonly Role[];
}

/** Anybody, where the service asks for no credentials. */
export const ANYBODY: Caller = { name: 'anybody', isKnown: false, roles: ROLES };

const callers = new WeakMap<object, Caller>();

/** Remembers who sends a request. */
export function setCaller(request: object, caller: Caller): void {
  callers.set(request, caller);
}

/** Who sends a request; undefined as long as nobody has shown credentials. */
export function callerOf(request: object): Caller | undefined {
  return callers.get(request);
}

/** Whether the one who sends a request may do this. */
export function hasRole(request: object, role: Role): boolean {
  return callerOf(request)?.roles.includes(role) ?? false;
}

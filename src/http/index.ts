export { ByteBudget } from './byte-budget.js';
export { holdBody } from './limit-bodies.js';
export { hasRole } from './authentication/caller.js';
export { RequireRole } from './authentication/require-role.decorator.js';
export { type Role } from './authentication/role.js';

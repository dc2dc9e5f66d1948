export { ByteBudget } from './byte-budget.js';
export { holdBody } from './limit-bodies.js';
export { PAGES, type Page } from './pages.js';
export { callerOf, hasRole } from './authentication/caller.js';
export { RequireRole } from './authentication/require-role.decorator.js';
export { type Role } from './authentication/role.js';

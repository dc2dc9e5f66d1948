/** What an authorization rule can grant. */
export type Right = 'Send' | 'Listen' | 'Manage';

export const RIGHTS: readonly Right[] = ['Manage', 'Send', 'Listen'];

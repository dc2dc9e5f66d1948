import { describe, expect, it } from '@jest/globals';

import { type Role } from './role.js';
import { rolesOfClaims } from './roles-of-claims.js';

const MEANINGS: Record<string, Role[]> = {
  'Messages.Send': ['send'],
  'Messages.All': ['receive', 'send'],
  operate: ['operate'],
};

describe('rolesOfClaims', () => {
  it.each<[Record<string, unknown>, Role[]]>([
    [{ roles: ['Messages.Send'] }, ['send']],
    [{ roles: 'Messages.Send operate' }, ['send', 'operate']],
    [{ scp: 'openid Messages.All' }, ['send', 'receive']],
    [{ scope: 'operate' }, ['operate']],
    [{ roles: ['Messages.Send'], scp: 'operate' }, ['send', 'operate']],
    [{ roles: ['send'] }, []],
    [{ roles: ['constructor', '__proto__', 'toString'] }, []],
    [{ roles: [1, null, { operate: true }], scp: 5, scope: null }, []],
    [{}, []],
  ])('reads %j as %j', (claims, roles) => {
    expect(rolesOfClaims(claims, MEANINGS)).toEqual(roles);
  });
});

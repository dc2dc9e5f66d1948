import { describe, expect, it } from '@jest/globals';

import { refusedWith } from '../../../test/support/model/model-scene.js';
import { Throttle } from './throttle.js';

describe('Throttle', () => {
  it('refuses once the credits of a second are spent, until the next second', () => {
    const throttle = new Throttle(3);
    throttle.spend(5_000, 1);
    throttle.assertCredits(5_001);
    throttle.spend(5_001, 2);
    expect(() => throttle.assertCredits(5_999)).toThrow(
      refusedWith('com.microsoft:server-busy', 'Error code : 50009. Please wait 2 seconds'),
    );
    expect(() => throttle.assertCredits(6_000)).not.toThrow();
  });

  it('carries out what begins with credits, and takes nothing over', () => {
    const throttle = new Throttle(3);
    throttle.spend(1_000, 100);
    expect(() => throttle.assertCredits(1_500)).toThrow(refusedWith('com.microsoft:server-busy'));
    throttle.spend(2_000, 2);
    expect(() => throttle.assertCredits(2_000)).not.toThrow();
  });
});

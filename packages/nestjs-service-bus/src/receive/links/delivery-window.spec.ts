import { describe, expect, it } from '@jest/globals';

import { DeliveryWindow, SESSION_PLACES } from './delivery-window.js';

describe('DeliveryWindow', () => {
  it('spans from the oldest unsettled delivery to the newest', () => {
    const window = new DeliveryWindow();
    const [a, b, c] = [window.open(), window.open(), window.open()];
    expect(window.span).toBe(3);
    window.settle(b);
    window.settle(c);
    expect(window.span).toBe(3);
    window.settle(a);
    expect(window.span).toBe(0);
  });

  it('reuses its places any number of times', () => {
    const window = new DeliveryWindow();
    for (let count = 0; count < 3 * SESSION_PLACES; count++) {
      const place = window.open();
      window.settle(place);
      window.settle(place);
      expect(window.span).toBe(0);
    }
  });

  it('grows with each settled delivery behind an unsettled one', () => {
    const window = new DeliveryWindow();
    const stuck = window.open();
    for (let count = 0; count < 1_499; count++) window.settle(window.open());
    expect(window.span).toBe(1_500);
    window.settle(stuck);
    expect(window.span).toBe(0);
  });
});

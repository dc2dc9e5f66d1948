import { describe, expect, it } from '@jest/globals';

import { refusedWith } from '../../../test/support/model/model-scene.js';
import { ReceiverCount } from './receiver-count.js';

describe('ReceiverCount', () => {
  it('has room for 5,000 receivers', () => {
    const count = new ReceiverCount();
    count.add(4_999);
    count.assertRoom('q');
    count.add(1);
    expect(() => count.assertRoom('q')).toThrow(
      refusedWith('amqp:resource-limit-exceeded', "5000 concurrent receivers has been reached on 'q'"),
    );
    count.add(-1);
    count.assertRoom('q');
  });

  it('counts the subscriptions of a topic together', () => {
    const topic = new ReceiverCount();
    const [one, other] = [new ReceiverCount(topic), new ReceiverCount(topic)];
    one.add(2_500);
    other.add(2_500);
    expect(() => one.assertRoom('t/Subscriptions/one')).toThrow(refusedWith('amqp:resource-limit-exceeded'));
  });
});

import { Controller } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { ServiceBusTestbed } from 'nestjs-service-bus/testing';

import { AppModule } from './app.module.js';

@Controller()
class HangingController {
  @MessagePattern('hanging')
  hang(): Promise<void> {
    return new Promise(() => undefined);
  }
}

// Becomes a test for a moment: all of it fails, and its report is read.
describe('orders, expected otherwise', () => {
  let bus: ServiceBusTestbed | undefined;

  beforeEach(async () => {
    process.env['SB_CONNECTION'] = 'Endpoint=sb://127.0.0.1:1;SharedAccessKeyName=none;SharedAccessKey=none';
    const controllers = [HangingController];
    bus = await ServiceBusTestbed.create({ imports: [AppModule], controllers, logger: false });
  });

  afterEach(() => bus?.close());

  it('are sent as something else', async () => {
    await bus?.send('orders', { amount: 4 });
    await bus?.settled();
    expect(bus?.sent).toMatchObject([{ to: 'totals', body: { total: 9 } }]);
  });

  it('are dead-lettered for another reason', async () => {
    await bus?.sendMessage('orders', { body: Buffer.from('{'), contentType: 'application/json' });
    await bus?.settled();
    bus?.deadLettered.one({ reason: 'TooExpensive' });
  });

  it('hang', async () => {
    await bus?.send('hanging', 1);
    await bus?.settled({ timeoutMs: 500 });
  });
});

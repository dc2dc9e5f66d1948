import { type Order } from '../candidates/order.js';
import { type RabbitMqDriver } from '../peers/nest-rmq/rabbitmq-driver.js';
import { type Broker, INPUT_QUEUE, OUTPUT_QUEUE, type Requester, type Wrap } from './broker.js';
import { RabbitMqServer } from './rabbitmq-server.js';
import { type Counted, whenCounted } from './standstill.js';

/** Each poll is a request to RabbitMQ: frequent enough for exact times, rare enough not to slow it down. */
const POLL_EVERY_MS = 10;

/** RabbitMQ as Debian packages it. */
export class RabbitMqBroker implements Broker {
  private constructor(
    private readonly server: RabbitMqServer,
    private readonly driver: RabbitMqDriver,
  ) {}

  static async start(): Promise<RabbitMqBroker> {
    // Imported dynamically: its packages are installed only for the RabbitMQ candidates.
    const { RabbitMqDriver: Driver } = await import('../peers/nest-rmq/rabbitmq-driver.js');
    const server = await RabbitMqServer.start();
    try {
      return new RabbitMqBroker(server, await Driver.connect(server.address, [INPUT_QUEUE, OUTPUT_QUEUE]));
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  get address(): string {
    return this.server.address;
  }

  async reset(): Promise<void> {
    await this.driver.empty(INPUT_QUEUE);
    await this.driver.empty(OUTPUT_QUEUE);
  }

  async fill(orders: Iterable<Order>, wrap: Wrap): Promise<void> {
    await this.driver.send(INPUT_QUEUE, Array.from(orders, wrap));
  }

  whenOutputs(count: number): Promise<Counted> {
    return whenCounted(count, POLL_EVERY_MS, () => this.driver.count(OUTPUT_QUEUE));
  }

  inputLeft(): Promise<number> {
    return this.driver.count(INPUT_QUEUE);
  }

  async requester(wrap: Wrap, replied: (id: number) => void): Promise<Requester> {
    const listening = await this.driver.listen(OUTPUT_QUEUE, (body) => {
      // Nest wraps an event's data together with its pattern.
      const { data = body } = body as { data?: unknown };
      replied((data as Order).id);
    });
    return {
      request: (order) => this.driver.send(INPUT_QUEUE, [wrap(order)]),
      close: () => listening.close(),
    };
  }

  async close(): Promise<void> {
    await this.driver.close();
    await this.server.close();
  }
}

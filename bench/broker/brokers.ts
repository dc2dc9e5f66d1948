import { type Candidate } from '../candidates/candidate.js';
import { type Broker } from './broker.js';
import { RabbitMqBroker } from './rabbitmq-broker.js';
import { ServiceBusBroker } from './service-bus-broker.js';

/** One broker per platform, started for its first candidate and used for all rounds. */
export class Brokers {
  private readonly brokers = new Map<Candidate['platform'], Broker>();

  async get(platform: Candidate['platform']): Promise<Broker> {
    let broker = this.brokers.get(platform);
    if (!broker) {
      broker = platform === 'rabbitmq' ? await RabbitMqBroker.start() : await ServiceBusBroker.start();
      this.brokers.set(platform, broker);
    }
    return broker;
  }

  async close(): Promise<void> {
    for (const broker of this.brokers.values()) await broker.close();
    this.brokers.clear();
  }
}

import { type ServiceBusMessage } from '@azure/service-bus';

import { contentOf } from './content-of.js';
import { type LockWatch } from './lock-watch.js';
import { refusal, toRefusal } from './refusal.js';
import { type SimulatedBroker } from './simulated-broker.js';
import { type Connected, type SimulatedConnection } from './simulated-connection.js';
import { type SimulatedContent } from './simulated-content.js';

/** The SDK's timeout for an answer. */
const TIMEOUT_MS = 60_000;
/** By then, the SDK has stopped trying to connect. */
const CONNECT_MS = 20_000;
const MAX_BATCH_MESSAGES = 20;

/** A sending link; each is a new object, as in the SDK. */
class SendingLink implements Connected {
  isOpen = true;

  constructor(private readonly ended: () => void) {}

  endAtBroker(): void {
    this.isOpen = false;
  }

  endAtClient(): void {
    this.isOpen = false;
    this.ended();
  }
}

/** The SDK's batch, limited by number of messages. */
export class SimulatedBatch {
  readonly messages: ServiceBusMessage[] = [];

  tryAddMessage(message: ServiceBusMessage): boolean {
    if (this.messages.length >= MAX_BATCH_MESSAGES) return false;
    this.messages.push(message);
    return true;
  }
}

/** The SDK's sender: opens its link on demand, and does not notice when an answer can no longer arrive. */
export class SimulatedSender {
  readonly identifier = 'simulated';
  /** Where the SDK keeps its link. */
  readonly _sender: { link?: SendingLink } = {};
  private readonly waiting: ((link: SendingLink) => void)[] = [];

  constructor(
    private readonly broker: SimulatedBroker,
    private readonly connection: SimulatedConnection,
    private readonly entity: string,
    private readonly watch: Pick<LockWatch, 'leaving'>,
  ) {}

  async createMessageBatch(): Promise<SimulatedBatch> {
    await this.open();
    return new SimulatedBatch();
  }

  async sendMessages(
    messages: ServiceBusMessage | SimulatedBatch,
    { abortSignal }: { abortSignal: AbortSignal },
  ): Promise<void> {
    const all = messages instanceof SimulatedBatch ? messages.messages : [messages];
    const contents = all.map(contentOf);
    const link = await this.open(abortSignal);
    for (const content of contents) this.watch.leaving(content);
    return this.inTime(abortSignal, (resolve, reject) => {
      this.connection.toBroker(() => {
        if (link.isOpen) this.accept(contents, link, resolve, reject);
      });
    });
  }

  close(): Promise<void> {
    delete this._sender.link;
    return Promise.resolve();
  }

  /** At the broker. */
  private accept(
    contents: readonly SimulatedContent[],
    link: SendingLink,
    resolve: () => void,
    reject: (error: Error) => void,
  ): void {
    const { connection } = this;
    const effect = connection.conditions.effectOn('send');
    const answer = (settle: () => void): void =>
      connection.toClient(() => {
        if (this._sender.link === link) settle();
      });
    if (effect === 'not-done') return this.detach(link);
    if (effect !== undefined && effect !== 'not-answered') return answer(() => reject(refusal(effect)));
    try {
      this.broker.send(this.entity, contents);
      if (effect === undefined) answer(resolve);
      else this.detach(link);
    } catch (error) {
      const refused = toRefusal(error);
      answer(() => reject(refused));
    }
  }

  /** An answer is lost together with its link. */
  private detach(link: SendingLink): void {
    link.isOpen = false;
    this.connection.toClient(() => link.endAtClient());
  }

  private open(abortSignal?: AbortSignal): Promise<SendingLink> {
    const { link } = this._sender;
    if (link) return Promise.resolve(link);
    const { connection } = this;
    return this.inTime(abortSignal, (resolve, reject) => {
      this.waiting.push(resolve);
      if (!connection.isUp) setTimeout(() => reject(refusal('ServiceCommunicationProblem')), CONNECT_MS);
      connection.whenUp(() =>
        connection.toBroker(() => {
          const effect = connection.conditions.effectOn('open');
          if (effect === 'not-done' || effect === 'not-answered') return;
          connection.toClient(() => {
            if (effect) return reject(refusal(effect));
            this._sender.link ??= this.newLink();
            // [SDK: one opens the link for all who wait for it]
            for (const opened of this.waiting.splice(0)) opened(this._sender.link);
          });
        }),
      );
    });
  }

  private newLink(): SendingLink {
    const link: SendingLink = new SendingLink(() => {
      if (this._sender.link === link) delete this._sender.link;
    });
    this.connection.links.add(link);
    return link;
  }

  private inTime<T>(
    abortSignal: AbortSignal | undefined,
    start: (resolve: (value: T) => void, reject: (error: Error) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(refusal('ServiceTimeout')), TIMEOUT_MS);
      const abort = (): void => {
        clearTimeout(timer);
        reject(Object.assign(new Error('the send was aborted'), { name: 'AbortError' }));
      };
      if (abortSignal?.aborted) return abort();
      abortSignal?.addEventListener('abort', abort);
      start(
        (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        (error) => {
          clearTimeout(timer);
          reject(error);
        },
      );
    });
  }
}

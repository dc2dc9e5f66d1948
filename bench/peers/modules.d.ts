// Types of packages that are installed only for their candidates, so that the benchmark compiles without them.

declare module 'amqplib' {
  export interface Message {
    readonly content: Buffer;
  }

  export interface ConfirmChannel {
    assertQueue(queue: string, options: { durable: boolean }): Promise<unknown>;
    checkQueue(queue: string): Promise<{ messageCount: number }>;
    purgeQueue(queue: string): Promise<unknown>;
    sendToQueue(queue: string, content: Buffer, options: { persistent: boolean }): boolean;
    waitForConfirms(): Promise<void>;
    consume(
      queue: string,
      consumer: (message: Message | null) => void,
      options: { noAck: boolean },
    ): Promise<unknown>;
    close(): Promise<void>;
  }

  export interface ChannelModel {
    createConfirmChannel(): Promise<ConfirmChannel>;
    close(): Promise<void>;
  }

  export function connect(address: string): Promise<ChannelModel>;
}

declare module '@golevelup/nestjs-rabbitmq' {
  import { type DynamicModule } from '@nestjs/common';

  export function RabbitSubscribe(options: {
    queue: string;
    createQueueIfNotExists: boolean;
  }): MethodDecorator;

  export function RabbitPayload(): ParameterDecorator;

  export class AmqpConnection {
    publish(
      exchange: string,
      routingKey: string,
      message: unknown,
      options: { persistent: boolean },
    ): Promise<boolean>;
  }

  export class RabbitMQModule {
    static forRoot(options: { uri: string; prefetchCount: number }): DynamicModule;
  }
}

declare module 'nestjs-azure-service-bus-transporter' {
  import { type DynamicModule } from '@nestjs/common';
  import { ClientProxy, type CustomTransportStrategy } from '@nestjs/microservices';

  export function Queue(options: {
    queueName: string;
    receiveMode: 'peekLock';
    options: { maxConcurrentCalls: number; autoCompleteMessages: boolean };
  }): MethodDecorator;

  export class AzureServiceBusServer implements CustomTransportStrategy {
    constructor(options: { connectionString: string });
    listen(callback: (error?: unknown) => void): void;
    close(): Promise<void>;
  }

  export class AzureServiceBusModule {
    static forRoot(options: { name: string; connectionString: string }[]): DynamicModule;
  }

  export abstract class AzureServiceBusClientProxy extends ClientProxy {}
}

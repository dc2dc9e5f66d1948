import { createRequire } from 'node:module';

/** rhea's own coding of frames, which its types do not show: what a client sends, and what a server would read. */
export interface RheaFrames {
  open(fields: object): object;
  begin(fields: object): object;
  attach(fields: object): object;
  flow(fields: object): object;
  transfer(fields: object): object;
  disposition(fields: object): object;
  detach(fields: object): object;
  end(fields: object): object;
  close(fields: object): object;
  sasl_init(fields: object): object;
  sasl_response(fields: object): object;
  amqp_frame(channel: number, performative?: object, payload?: Buffer): object;
  sasl_frame(performative: object): object;
  write_frame(frame: object): Buffer;
  read_frame(bytes: Buffer): { performative?: { toJSON?(): object } };
}

export const rheaFrames = createRequire(import.meta.url)('rhea/lib/frames.js') as RheaFrames;

export const AMQP_HEADER = Buffer.from('414d515000010000', 'hex');
export const SASL_HEADER = Buffer.from('414d515003010000', 'hex');

/** The bytes of a frame as rhea writes it. */
export function amqpFrame(performative?: object, payload?: Buffer): Buffer {
  return rheaFrames.write_frame(rheaFrames.amqp_frame(1, performative, payload));
}

export function saslFrame(performative: object): Buffer {
  return rheaFrames.write_frame(rheaFrames.sasl_frame(performative));
}

/** One frame of each kind that a client sends. */
export function clientFrames(): Buffer[] {
  const error = { condition: 'amqp:internal-error', description: 'why', info: { a: 1 } };
  return [
    amqpFrame(
      rheaFrames.open({
        container_id: 'client',
        hostname: 'localhost',
        max_frame_size: 65_536,
        channel_max: 100,
        idle_time_out: 60_000,
        desired_capabilities: ['one', 'two'],
        properties: { product: 'MSJSClient', version: '1' },
      }),
    ),
    amqpFrame(
      rheaFrames.begin({ next_outgoing_id: 0, incoming_window: 2_048, outgoing_window: 4_294_967_295 }),
    ),
    amqpFrame(
      rheaFrames.attach({
        name: 'link',
        handle: 0,
        role: true,
        snd_settle_mode: 1,
        rcv_settle_mode: 0,
        initial_delivery_count: 0,
        max_message_size: 0,
        properties: { a: 'b' },
      }),
    ),
    amqpFrame(
      rheaFrames.flow({
        next_incoming_id: 1,
        incoming_window: 5,
        next_outgoing_id: 2,
        outgoing_window: 6,
        handle: 0,
        delivery_count: 300,
        link_credit: 10,
        drain: true,
      }),
    ),
    amqpFrame(
      rheaFrames.transfer({
        handle: 0,
        delivery_id: 70_000,
        delivery_tag: Buffer.alloc(16, 5),
        message_format: 0,
        settled: false,
        more: false,
      }),
      Buffer.alloc(300, 0xff),
    ),
    amqpFrame(rheaFrames.disposition({ role: true, first: 5, last: 9, settled: true })),
    amqpFrame(rheaFrames.detach({ handle: 0, closed: true, error })),
    amqpFrame(rheaFrames.end({})),
    amqpFrame(),
    amqpFrame(rheaFrames.close({ error })),
  ];
}

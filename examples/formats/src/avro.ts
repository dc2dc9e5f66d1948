import avsc from 'avsc';
import { type PayloadFormat } from 'nestjs-service-bus/formats';

const schema = avsc.Type.forSchema({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'int' },
    { name: 'item', type: 'string' },
  ],
});

/** A format of one's own: bytes by one schema of Avro. What it throws dead-letters the message, with the reason. */
export const avroOrders: PayloadFormat = {
  contentType: 'avro/binary',
  serialize: (order) => schema.toBuffer(order),
  deserialize: (body) => schema.fromBuffer(body) as unknown,
};

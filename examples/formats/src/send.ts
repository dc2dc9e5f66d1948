import { ServiceBusClient } from '@azure/service-bus';
import avsc from 'avsc';

import { connectionString } from './connection-string.js';

// As senders of other platforms would: each in its own way.
const schema = avsc.Type.forSchema({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'int' },
    { name: 'item', type: 'string' },
  ],
});
const event = {
  specversion: '1.0',
  id: '1',
  source: '/web',
  type: 'com.shop.order',
  data: { id: 1, item: 'tea' },
};
const envelope = { messageType: ['urn:message:Shop:Order'], message: { id: 2, item: 'milk' } };

const client = new ServiceBusClient(connectionString);
await client.createSender('orders').sendMessages([
  { contentType: 'application/cloudevents+json', body: event },
  { contentType: 'application/vnd.masstransit+json', body: envelope },
  { contentType: 'avro/binary', body: schema.toBuffer({ id: 3, item: 'sugar' }) },
  { contentType: 'application/json', body: { id: 4, item: 'lemon' } },
  { contentType: 'avro/binary', body: Buffer.from('this is no order') },
]);
await client.close();

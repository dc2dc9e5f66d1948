import { once } from 'node:events';

import rhea from 'rhea';

const IN_FLIGHT = 500;
const BODY = rhea.message.data_section(Buffer.alloc(1024, 'x'));

/** Sends messages of 1 KB, each by itself, until the broker has accepted all of them. */
export function sendAll(connection, address, count) {
  return overLink(connection.open_sender(address), (sender, done) => {
    let sent = 0;
    let accepted = 0;
    const send = () => {
      while (sent < count && sent - accepted < IN_FLIGHT && sender.sendable()) {
        sent += 1;
        sender.send({ body: BODY });
      }
    };
    sender.on('sendable', send);
    sender.on('accepted', () => {
      accepted += 1;
      if (accepted === count) done();
      else send();
    });
  });
}

/** Receives messages and accepts each. */
export function receiveAll(connection, address, count) {
  const receiver = connection.open_receiver({ source: address, credit_window: 0, autoaccept: false });
  return overLink(receiver, (link, done) => {
    let received = 0;
    link.add_credit(Math.min(IN_FLIGHT, count));
    link.on('message', ({ delivery }) => {
      delivery.accept();
      received += 1;
      if (received + IN_FLIGHT <= count) link.add_credit(1);
      if (received === count) done();
    });
  });
}

export async function connectTo({ port, username, password }) {
  const options = { host: '127.0.0.1', port, username, password, reconnect: false };
  const connection = rhea.create_container().connect(options);
  await once(connection, 'connection_open');
  return connection;
}

async function overLink(link, use) {
  await new Promise((resolve, reject) => {
    link.on('rejected', ({ delivery }) => reject(delivery.remote_state.error));
    link.on('sender_error', () => reject(link.error));
    link.on('receiver_error', () => reject(link.error));
    use(link, resolve);
  });
  const closed = once(link, link.is_sender() ? 'sender_close' : 'receiver_close');
  link.close();
  await closed;
}

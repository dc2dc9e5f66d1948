import { type Socket } from 'node:net';

const FIRST_BYTE_OF_AMQP = 'A'.charCodeAt(0);
const FIRST_BYTE_OF_TLS = 0x16;

/** Hands a connection to AMQP or HTTP according to its first byte, so that both can share a port. */
export function chooseProtocol(
  socket: Socket,
  to: { amqp: (socket: Socket) => void; http: (socket: Socket) => void },
  timeoutMs: number,
): void {
  const deadline = setTimeout(() => socket.destroy(), timeoutMs);
  deadline.unref();
  socket.once('close', () => clearTimeout(deadline));
  socket.once('readable', () => {
    clearTimeout(deadline);
    const first = socket.read() as Buffer | null;
    if (first === null) return void socket.destroy();
    socket.unshift(first);
    if (first[0] === FIRST_BYTE_OF_TLS) return void socket.destroy();
    if (first[0] === FIRST_BYTE_OF_AMQP) to.amqp(socket);
    else to.http(socket);
  });
}

import { type IncomingMessage, type Server } from 'node:http';
import { type Duplex } from 'node:stream';

import { createWebSocketStream, WebSocketServer } from 'ws';

/** Where the cloud's namespaces serve AMQP over WebSockets. */
const PATH = '/$servicebus/websocket';
/** [AMQP WebSocket Binding 1.0, 2.1] `amqp` is the standard's name, `AMQPWSB10` that of its drafts and of the SDKs. */
const PROTOCOLS = ['AMQPWSB10', 'amqp'];
/** Clients send frame by frame, and a frame has 64 KiB. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Serves AMQP over WebSockets on an HTTP server, and hands over each connection as a stream. */
export function acceptWebSockets(server: Server, accept: (stream: Duplex) => void): void {
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.on('upgrade', (request, socket: Duplex, head) => {
    if (request.url?.split('?')[0]?.toLowerCase() !== PATH) return refuse(socket, '404 Not Found');
    if (isForeignPage(request)) return refuse(socket, '403 Forbidden');
    webSockets.handleUpgrade(request, socket, head, (webSocket) => accept(createWebSocketStream(webSocket)));
  });
}

/**
 * Whether a page from elsewhere asks: its browser would let it connect to this machine, and the emulator's key is
 * public. Programs name no origin.
 */
function isForeignPage({ headers }: IncomingMessage): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return false;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  return url === undefined || !(LOOPBACK.has(url.hostname) || url.host === host);
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

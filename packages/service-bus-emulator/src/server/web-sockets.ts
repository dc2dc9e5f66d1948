import { type IncomingHttpHeaders, type Server, STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';

import { createWebSocketStream, WebSocketServer } from 'ws';

/** Where the cloud's namespaces serve AMQP over WebSockets. */
const PATH = '/$servicebus/websocket';
/** [AMQP WebSocket Binding 1.0, 2.1] `amqp` is the standard's name, `AMQPWSB10` that of its drafts and of the SDKs. */
const PROTOCOLS = ['AMQPWSB10', 'amqp'];
/** Clients send frame by frame, and a frame has 64 KiB. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Serves AMQP over WebSockets on an HTTP server, and hands over each connection as a stream. */
export function acceptWebSockets(
  server: Server,
  refuse: (headers: IncomingHttpHeaders) => { readonly status: number } | undefined,
  accept: (stream: Duplex) => void,
): void {
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
  });
  server.on('upgrade', (request, socket: Duplex, head) => {
    if (request.url?.split('?')[0]?.toLowerCase() !== PATH) return end(socket, 404);
    const refused = refuse(request.headers);
    if (refused) return end(socket, refused.status);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => accept(createWebSocketStream(webSocket)));
  });
}

function end(socket: Duplex, status: number): void {
  const line = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`;
  socket.end(`${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

import { type Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';

import { type generate } from 'selfsigned';

/** How the emulator serves TLS. */
export interface TlsOptions {
  /** Port of TLS; 0 picks a free one. Default 5671. */
  readonly port?: number;
  /**
   * Certificate, as PEM; after it those that it was signed with, if any. Default: one for localhost, made at the start,
   * which needs the package `selfsigned`.
   */
  readonly certificate?: string;
  /** The certificate's private key, as PEM. */
  readonly key?: string;
}

/** A certificate and its private key, as PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** TLS cannot be served. */
export class TlsError extends Error {
  override readonly name = 'TlsError';
}

const DAYS = 24 * 3600 * 1000;
const VALID_FOR_MS = 365 * DAYS;
/** Clocks of containers differ a little. */
const VALID_BEFORE_MS = DAYS;

/**
 * Takes the certificate of the options, or makes one that is its own certificate authority.
 * Rejects with a TlsError if one of certificate and key is missing, or the package that makes one.
 */
export async function provideCertificate(options: TlsOptions, host: string): Promise<Certificate> {
  const { certificate, key } = options;
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate !== undefined || key !== undefined) {
    throw new TlsError(
      `tls: ${key === undefined ? 'a certificate needs its key' : 'a key needs its certificate'}`,
    );
  }
  const selfsigned = await loadSelfsigned();
  const made = await selfsigned.generate([{ name: 'commonName', value: 'service-bus-emulator' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - VALID_BEFORE_MS),
    notAfterDate: new Date(Date.now() + VALID_FOR_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: alternativeNames(host) },
    ],
  });
  return { certificate: made.cert, key: made.private };
}

type AlternativeName = { type: 2; value: string } | { type: 7; ip: string };

function alternativeNames(host: string): AlternativeName[] {
  // The names of a container in a compose file's network, where its clients are.
  const names = [
    'localhost',
    'host.docker.internal',
    'service-bus-emulator',
    'servicebus-emulator',
    'emulator',
  ];
  const addresses = ['127.0.0.1', '::1'];
  if (/^[\d.]+$|:/.test(host)) addresses.push(host);
  else names.push(host);
  return [
    ...[...new Set(names)].map((value) => ({ type: 2 as const, value })),
    ...[...new Set(addresses)].map((ip) => ({ type: 7 as const, ip })),
  ];
}

/** An optional peer: an emulator without TLS, or with a certificate of its user's, does without it. */
async function loadSelfsigned(): Promise<{ generate: typeof generate }> {
  try {
    return await import('selfsigned');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.endsWith('MODULE_NOT_FOUND') || !message.includes("'selfsigned'")) throw error;
    throw new TlsError(
      'tls: to make a certificate, the emulator needs a package: npm install selfsigned (or give it a certificate and its key)',
      { cause: error },
    );
  }
}

/**
 * Creates what ends TLS on the connections that it is given, and hands over the streams inside them.
 * Throws a TlsError if the certificate cannot be used.
 */
export function createTls(
  { certificate, key }: Certificate,
  handshakeTimeoutMs: number,
  connected: (socket: TLSSocket) => void,
): (socket: Socket) => void {
  let server: Server;
  try {
    server = createServer({ cert: certificate, key, handshakeTimeout: handshakeTimeoutMs }, connected);
  } catch (error) {
    throw new TlsError(`tls: the certificate cannot be used: ${(error as Error).message}`, { cause: error });
  }
  server.on('secureConnection', (socket) => socket.on('error', () => socket.destroy()));
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return (socket) => void server.emit('connection', socket);
}

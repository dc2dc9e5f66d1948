import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
};

interface PageFile {
  readonly type: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** The files of the page, all in memory: what is asked for is looked up by its name, and no path is ever made of it. */
export class PageFiles {
  private loading: Promise<ReadonlyMap<string, PageFile>> | undefined;

  constructor(private readonly folder: URL) {}

  /** Answers with a file; returns false if there is none of that name. */
  async answer(request: IncomingMessage, response: ServerResponse, name: string): Promise<boolean> {
    this.loading ??= this.load();
    const files = await this.loading.catch(() => new Map<string, PageFile>());
    if (files.size === 0) this.loading = undefined;
    const file = files.get(name === '' ? 'index.html' : name);
    if (!file) return false;
    const isZipped = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    const content = isZipped ? file.gzipped : file.plain;
    response.setHeader('ETag', file.etag);
    response.setHeader('Vary', 'Accept-Encoding');
    // Names stay the same from version to version: a browser asks each time, and is told at once.
    response.setHeader('Cache-Control', 'no-cache');
    if (request.headers['if-none-match'] === file.etag) {
      response.writeHead(304).end();
      return true;
    }
    response.writeHead(200, {
      'Content-Type': file.type,
      'Content-Length': content.length,
      ...(isZipped && { 'Content-Encoding': 'gzip' }),
    });
    response.end(request.method === 'HEAD' ? undefined : content);
    return true;
  }

  private async load(): Promise<ReadonlyMap<string, PageFile>> {
    const names = await readdir(this.folder);
    const files = names.map(async (name) => [name, await this.read(name)] as const);
    return new Map(await Promise.all(files));
  }

  private async read(name: string): Promise<PageFile> {
    const plain = await readFile(new URL(encodeURIComponent(name), this.folder));
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
    return { type, etag, plain, gzipped: await promisify(gzip)(plain) };
  }
}

import { type LoggerService } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

import { type ApiKey, hashOf, parseApiKeys } from './api-key.js';
import { RefusedCredentialsError } from './authentication.errors.js';
import { type ApiKeyOptions } from './authentication-options.js';
import { type Caller } from './caller.js';

/** The shortest time between two checks whether the file has changed. */
const LOOK_INTERVAL_MS = 2_000;

/** Identifies callers by their API keys; a changed file takes effect without a restart. */
export class ApiKeyVerifier {
  private fileKeys: readonly ApiKey[];
  private fileVersion?: string;
  private lookedAtMs = -Infinity;

  constructor(
    private readonly options: ApiKeyOptions,
    private readonly logger: LoggerService,
  ) {
    this.fileKeys = options.file?.keys ?? [];
  }

  /** @throws RefusedCredentialsError */
  async verify(secret: string): Promise<Caller> {
    await this.lookAtFile();
    const hash = Buffer.from(hashOf(secret), 'hex');
    // Compares all of them, also after a match, so that the time taken reveals nothing.
    const fitting = [...this.options.keys, ...this.fileKeys].filter((key) =>
      timingSafeEqual(hash, Buffer.from(key.hash, 'hex')),
    );
    const [key] = fitting;
    if (!key) throw new RefusedCredentialsError('the API key is not known');
    return { name: key.name, kind: 'api-key', roles: key.roles };
  }

  private async lookAtFile(): Promise<void> {
    const { file } = this.options;
    const now = performance.now();
    if (!file || now - this.lookedAtMs < LOOK_INTERVAL_MS) return;
    this.lookedAtMs = now;
    try {
      // A mounted secret is replaced as a whole: the link then points to another file.
      const { ino, mtimeMs, size } = await stat(file.path);
      const version = `${ino} ${mtimeMs} ${size}`;
      if (version === this.fileVersion) return;
      const { keys, problems } = parseApiKeys(await readFile(file.path, 'utf8'));
      this.fileVersion = version;
      // A file is emptied while it is rewritten, or by mistake: who removes a key keeps another.
      if (keys.length === 0 && problems.length === 0) problems.push('has no key');
      if (problems.length === 0) this.fileKeys = keys;
      else this.keepOldKeys(file.path, problems.join('; '));
    } catch (error) {
      this.keepOldKeys(file.path, error instanceof Error ? error.message : String(error));
    }
  }

  private keepOldKeys(path: string, problem: string): void {
    this.logger.error(`${path}: ${problem}; the keys that were read before stay`, undefined, 'Http');
  }
}

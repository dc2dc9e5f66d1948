import { spawnSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Candidates with their own packages and lockfiles. */
export const PEERS = ['nest-rmq', 'golevelup', 'transporter'] as const;

// This file runs from .compiled/bench/candidates.
const SOURCES = new URL('../../../peers/', import.meta.url);
const COMPILED = new URL('../peers/', import.meta.url);

/** The folder of a peer's package.json. */
export function peerFolder(name: string): string {
  return fileURLToPath(new URL(name, SOURCES));
}

/** Installs the packages of all peers from their lockfiles. */
export function installPeers(): void {
  for (const name of PEERS) {
    const { status } = spawnSync('npm', ['ci', '--ignore-scripts'], {
      cwd: peerFolder(name),
      stdio: ['ignore', process.stderr, process.stderr],
    });
    if (status !== 0) throw new Error(`npm ci failed in bench/peers/${name}`);
  }
}

/** Links the packages, which are installed beside the sources, so that the compiled candidates find them. */
export function linkPeers(): void {
  for (const name of PEERS) {
    const packages = `${peerFolder(name)}/node_modules`;
    const link = fileURLToPath(new URL(`${name}/node_modules`, COMPILED));
    if (existsSync(packages) && !existsSync(link)) symlinkSync(packages, link, 'dir');
  }
}

import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** The environment on which the figures depend. */
export interface Machine {
  readonly node: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly versions: Readonly<Record<string, string>>;
}

const SHOWN = ['@azure/service-bus', 'rhea', '@nestjs/core', '@nestjs/microservices', 'class-validator'];
// This file runs from .compiled/bench/report.
const PACKAGES = new URL('../../../../node_modules/', import.meta.url);

export function describeMachine(): Machine {
  return {
    node: process.version,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    versions: Object.fromEntries(SHOWN.map((name) => [name, versionOf(name)])),
  };
}

/** Describes the machine in one line. */
export function machineLine({ node, cores, memoryGiB, versions }: Machine): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Node ${node}, ${cores} cores, ${memoryGiB} GiB; ${packages.join(', ')}`;
}

function versionOf(name: string): string {
  const text = readFileSync(new URL(`${name}/package.json`, PACKAGES), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
